import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { expect, vi } from "vitest";
import { MetricsServer } from "../../src/metrics/http-server.ts";
import { Changes } from "../../src/page/snapshot/changes.ts";
import { StatusPage } from "../../src/page/web/status-page.ts";
import { renderEvent } from "../../src/page/web/viewers.ts";
import { complaintsOf } from "../support/servers/browser.ts";
import { stubLog } from "../support/stub-log.ts";
import { play, type Scene } from "./scenes.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 375, height: 800 };
/** Snapshots come every two seconds. */
export const PATIENCE = { timeout: 30_000, interval: 100 };

/** Serves a scene, with one turn for each look. */
export async function serve(scene: Scene, at = 0) {
  let turn = 0;
  const changes = new Changes(["points", "log"]);
  const look = async () => {
    const now = turn++;
    return {
      whole: () => renderEvent("whole", JSON.stringify(play(scene, 0))),
      next: renderEvent("next", changes.next(play(scene, now))),
    };
  };
  const log = stubLog();
  const page = new StatusPage({ show: { look }, login: undefined, log });
  const server = new MetricsServer({
    status: () => scene.status,
    metrics: { contentType: "", render: async () => "" },
    page,
    log,
  });
  const port = await server.listen({ host: "127.0.0.1", port: at });
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    looks: () => turn,
    [Symbol.dispose]() {
      page[Symbol.dispose]();
      server[Symbol.dispose]();
    },
  };
}

/** Opens the page in a window of its own. */
export async function openIn(browser: Browser, url: string, options: Parameters<Browser["newPage"]>[0] = {}) {
  const page = await browser.newPage({ viewport: WIDE, ...options });
  const complaints = complaintsOf(page);
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => page.close() };
}

/** Waits for the first snapshot. */
export async function shown(page: Page): Promise<void> {
  const facts = () => page.locator("#facts").textContent();
  await vi.waitFor(async () => expect(await facts()).toContain("started"), PATIENCE);
}

/**
 * What axe-core complains about. It works on this page from outside, so the page's policy allows it. Of 500
 * rows some stand for all.
 */
export async function faults(page: Page): Promise<unknown> {
  if (await page.evaluate("window.axe === undefined")) await page.evaluate(axe.source);
  return page.evaluate(`axe.run({ exclude: ["tbody tr:nth-child(n + 12)"] }, { resultTypes: ["violations"], runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + " " + target + ": " + failureSummary)))`);
}
