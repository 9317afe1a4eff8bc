import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startBrowser } from "../support/servers/browser.ts";
import { hasServer } from "../support/servers/installed.ts";
import { SCENES } from "./scenes.ts";
import { faults, openIn, PATIENCE, PHONE, serve, shown } from "./serve-scene.ts";

const SLIDER = "#plots .canvas";
/** What a screen reader would tell by itself: live texts, and the value of the slider that has the focus. */
const WATCH_SPOKEN = `window.spoken = [];
const tell = ([{ target }]) => window.spoken.push(target.ariaValueText ?? target.textContent);
for (const live of document.querySelectorAll("output"))
  new MutationObserver(tell).observe(live, { childList: true, characterData: true, subtree: true });
new MutationObserver(tell).observe(document.activeElement, { attributeFilter: ["aria-valuenow", "aria-valuetext"] });`;

describe.skipIf(!hasServer("chromium"))("a reader", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  async function reading(scene: keyof typeof SCENES, options?: Parameters<Browser["newPage"]>[0]) {
    const stack = new AsyncDisposableStack();
    const server = stack.use(await serve(SCENES[scene]));
    const { page, complaints } = stack.use(await openIn(browser, server.url, options));
    await shown(page);
    return { server, page, complaints, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  const textsOf = (page: Page, selector: string) => page.locator(selector).allTextContents();
  const times = (page: Page) => textsOf(page, ".when");
  const valueText = (page: Page) => page.locator(SLIDER).first().getAttribute("aria-valuetext");

  it("sees units at the axes, and values in the legends", async () => {
    await using opened = await reading("busy");
    const { page, complaints } = opened;
    expect(await textsOf(page, ".plot:first-child .ticks span")).toEqual(["200/s", "100/s", "0"]);
    expect(await textsOf(page, ".plot:last-child .ticks span")).toEqual(["50 jobs", "25 jobs", "0"]);
    expect((await textsOf(page, ".legend"))[1]).toMatch(/^median \d+ ms95 % \d+ ms$/);
    expect(complaints).toEqual([]);
  });

  it("reads all plots at the time under the pointer, until it leaves", async () => {
    await using opened = await reading("busy");
    const { page, complaints } = opened;
    const latest = await textsOf(page, ".legend");
    await page.locator(`${SLIDER} svg`).nth(1).hover();
    const [first, ...others] = await times(page);
    expect(first).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(new Set(others)).toEqual(new Set([first]));
    expect(await textsOf(page, ".legend")).not.toEqual(latest);
    expect(await faults(page)).toEqual([]);
    await page.locator("h1").hover();
    expect(await times(page)).toEqual(["", "", "", ""]);
    expect(await textsOf(page, ".legend")).toEqual(latest);
    expect(complaints).toEqual([]);
  });

  it("reads them by touch on a phone, and ends it by a touch elsewhere", async () => {
    await using opened = await reading("busy", { viewport: PHONE, hasTouch: true });
    const { page } = opened;
    await page.locator(`${SLIDER} svg`).first().tap();
    expect((await times(page))[3]).toMatch(/^\d\d:/);
    await page.locator("#wrong-title").tap();
    expect(await times(page)).toEqual(["", "", "", ""]);
  });

  it("reads them with the arrow keys, and hears nothing that was not asked for", async () => {
    await using opened = await reading("busy");
    const { page, server } = opened;
    await page.locator(SLIDER).first().focus();
    const last = await valueText(page);
    await page.keyboard.press("ArrowLeft");
    const before = await valueText(page);
    expect(before).toMatch(/^\d\d:\d\d:\d\d: jobs [\d.]+\/s$/);
    expect(before).not.toBe(last);
    await page.keyboard.press("Home");
    expect(Number(await page.locator(SLIDER).first().getAttribute("aria-valuenow"))).toBeLessThan(60);
    await page.evaluate(WATCH_SPOKEN);
    const looks = server.looks();
    await vi.waitFor(() => expect(server.looks()).toBeGreaterThan(looks + 2), PATIENCE);
    expect(await page.evaluate("window.spoken")).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await valueText(page)).toMatch(/^last: jobs /);
  });

  it("sees what is wrong, the gravest first, and what to do", async () => {
    await using opened = await reading("much wrong");
    const { page } = opened;
    expect(await page.locator("#state").textContent()).toMatch(/^open, \d+ problems$/);
    expect(await page.title()).toBe("⚠ worker-1 (prod)");
    const [first] = await textsOf(page, "#wrong li");
    expect(first).toMatch(
      /^ProblemNot connected to a job server: gearmand2.*See whether gearmand runs there/,
    );
    expect(await page.locator("#news").textContent()).toContain("timed out in the last minutes");
  });

  it("filters with the key /, and gives it up with Escape", async () => {
    await using opened = await reading("500 queues");
    const { page } = opened;
    await page.keyboard.press("/");
    await page.keyboard.type("group_49");
    expect(await page.locator("#queues tr").count()).toBe(11);
    expect(await textsOf(page, "#jobs")).toEqual(["No row of 12 has “group_49”"]);
    await vi.waitFor(
      async () => expect(await page.locator("#filter-news").textContent()).toBe("11 rows"),
      PATIENCE,
    );
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await page.locator("#queues tr").count()).toBe(500);
    expect(await page.evaluate("document.activeElement === document.body")).toBe(true);
  });

  it("sorts a table by a column, the other way, and not at all", async () => {
    await using opened = await reading("500 queues");
    const { page } = opened;
    const first = () => page.locator("#queues tr").first().locator("td").first().textContent();
    const head = page.locator("#at-queues th", { hasText: "Running" });
    await head.locator("button").click();
    expect([await first(), await head.getAttribute("aria-sort")]).toEqual(["hostgroup_499", "descending"]);
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("Enter");
    expect([await first(), await head.getAttribute("aria-sort")]).toEqual(["service", "ascending"]);
    await page.keyboard.press("Space");
    expect(await head.getAttribute("aria-sort")).toBeNull();
  });

  it("finds a section below the navigation, which stays in sight", async () => {
    await using opened = await reading("busy", { reducedMotion: "reduce" });
    const { page } = opened;
    await page.locator("#sections a", { hasText: "Pools" }).click();
    const top = async (selector: string) => (await page.locator(selector).boundingBox())?.y ?? -1;
    expect(await top(".bar")).toBe(0);
    expect(await top("#at-pools")).toBeGreaterThan(50);
    const current = () => textsOf(page, "#sections a[aria-current]");
    await vi.waitFor(async () => expect(await current()).toHaveLength(1), PATIENCE);
    expect(await page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")).toBe("auto");
  });
});
