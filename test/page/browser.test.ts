import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startBrowser } from "../support/servers/browser.ts";
import { hasServer } from "../support/servers/installed.ts";
import { SCENES, type Scene } from "./scenes.ts";
import { faults, openIn, PATIENCE, PHONE, serve, shown, WIDE } from "./serve-scene.ts";

type Opened = Awaited<ReturnType<typeof openIn>>;

describe.skipIf(!hasServer("chromium"))("the page in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  const open = (url: string, options?: Parameters<Browser["newPage"]>[0]) => openIn(browser, url, options);

  describe.each(Object.entries(SCENES))("shows a worker: %s", (name, scene) => {
    const stack = new AsyncDisposableStack();
    let server: Awaited<ReturnType<typeof serve>>;
    let windows: readonly Opened[] = [];
    let looks = 0;
    beforeAll(async () => {
      server = stack.use(await serve(scene));
      for (const viewport of [WIDE, PHONE])
        windows = [...windows, stack.use(await open(server.url, { viewport }))];
      for (const { page } of windows) await page.evaluate(WATCH_SHIFTS);
      looks = server.looks();
    });
    afterAll(() => stack.disposeAsync());

    it.each(["light", "dark"] as const)("in the theme %s, for everybody", async (colorScheme) => {
      for (const { page } of windows) {
        await page.emulateMedia({ colorScheme });
        await shown(page);
        await page.evaluate(COLOURS_CHANGED);
      }
      expect(await Promise.all(windows.map(({ page }) => faults(page)))).toEqual([[], []]);
      for (const { page, complaints } of windows) {
        const width = page.viewportSize()?.width;
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width ?? 0);
        expect(complaints).toEqual([]);
        await keepPicture(page, `${name}-${colorScheme}`);
      }
    });

    it("and nothing moves while data comes in", async () => {
      await vi.waitFor(() => expect(server.looks()).toBeGreaterThan(looks + 2), PATIENCE);
      for (const { page } of windows) expect(await page.evaluate("window.shifts")).toEqual([]);
    });
  });

  it("tells what matters of each state", async () => {
    const texts = async (scene: Scene) => {
      using server = await serve(scene);
      await using opened = await open(server.url);
      const { page } = opened;
      await shown(page);
      const text = async (selector: string) => (await page.locator(selector).textContent()) ?? "";
      return {
        head: await text("header"),
        wrong: await text("#wrong"),
        queues: await text("#queues"),
        jobs: await text("#jobs"),
      };
    };
    const busy = await texts(SCENES.busy);
    expect(busy.jobs).toMatch(/^web1 - HTTPservicehostgroup_dmz25\.0 s/);
    expect(busy.head).toContain("open");
    const away = await texts(SCENES["gearmand away"]);
    expect(away.head).toContain("open, 1 problem");
    expect(away.wrong).toContain("No job server answers: gearmand.example.org:4730.");
    expect((await texts(SCENES.idle)).wrong).toMatch(/^All is wellNothing is wrong: /);
    expect(away.queues).toBe("No queues");
    expect((await texts(SCENES["500 queues"])).queues).toContain("hostgroup_499");
    expect((await texts(SCENES["nothing yet"])).wrong).toContain("The worker is starting.");
  });

  it("says that the connection is lost, and comes back by itself", async () => {
    const server = await serve(SCENES.idle);
    await using opened = await open(server.url);
    const { page } = opened;
    await shown(page);
    server[Symbol.dispose]();
    const says = (text: string) =>
      vi.waitFor(async () => expect(await page.locator("#state").textContent()).toBe(text), PATIENCE);
    await says("not connected");
    using _again = await serve(SCENES.idle, server.port);
    await says("open");
  });

  it("can be read with the keyboard alone", async () => {
    using server = await serve(SCENES["500 queues"]);
    await using opened = await open(server.url);
    const { page } = opened;
    await shown(page);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    for (let plots = 0; plots < 4; plots += 1) await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.role")).toBe("slider");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-labelledby')")).toBe(
      "queues-title",
    );
    await page.keyboard.press("End");
    await vi.waitFor(
      async () => expect(await page.evaluate("document.activeElement.scrollTop")).toBeGreaterThan(1000),
      PATIENCE,
    );
  });

  it("keeps the colours that were chosen by keyboard, and has them before anything is drawn", async () => {
    using server = await serve(SCENES.idle);
    await using opened = await open(server.url, { colorScheme: "light" });
    const { page, complaints } = opened;
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await ground();
    await page.locator("#themes input[value=auto]").focus();
    for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    const dark = await ground();
    expect(dark).not.toBe(light);
    expect(await page.evaluate("localStorage.getItem('omd-worker-theme')")).toBe("dark");
    await page.addInitScript(`window.themes = [];
      new MutationObserver(() => document.body && window.themes.push(document.documentElement.dataset.theme))
        .observe(document, { childList: true, subtree: true });`);
    await page.reload();
    await shown(page);
    expect(await ground()).toBe(dark);
    expect(new Set((await page.evaluate("window.themes")) as string[])).toEqual(new Set(["dark"]));
    expect(await faults(page)).toEqual([]);
    await page.locator("#themes label", { hasText: "Auto" }).click();
    expect(await ground()).toBe(light);
    expect(complaints).toEqual([]);
  });

  it("looks at the worker once for twenty viewers", async () => {
    using server = await serve(SCENES.busy);
    const context = await browser.newContext();
    const pages = await Promise.all(Array.from({ length: 5 }, () => context.newPage()));
    const abort = new AbortController();
    const others = Array.from({ length: 15 }, () => fetch(`${server.url}events`, { signal: abort.signal }));
    for (const page of pages) await page.goto(server.url);
    await Promise.all(pages.map(shown));
    const responses = await Promise.all(others);
    expect(responses.map(({ status }) => status)).toEqual(new Array(15).fill(200));
    const before = server.looks();
    const sinceMs = performance.now();
    await vi.waitFor(() => expect(server.looks()).toBeGreaterThan(before + 1), PATIENCE);
    expect(server.looks() - before).toBeLessThanOrEqual(2 + (performance.now() - sinceMs) / 2000);
    abort.abort();
    await context.close();
  });
});

const COLOURS_CHANGED = "Promise.allSettled(document.getAnimations().map(({ finished }) => finished))";

const WATCH_SHIFTS = `window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    window.shifts.push(value + " " + sources.map(({ node }) => node?.id || node?.className || node?.nodeName));
}).observe({ type: "layout-shift", buffered: true });`;

/** With SCREENSHOTS=FOLDER the pictures of the documentation are made. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS: folder } = process.env;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const size = page.viewportSize()?.width === PHONE.width ? "phone" : "wide";
  await page.screenshot({ path: `${folder}/status-page-${name.replaceAll(" ", "-")}-${size}.png` });
}
