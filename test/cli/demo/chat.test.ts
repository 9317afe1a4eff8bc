import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { START_SNMP_AGENT } from "../../../plugins/agent.ts";
import { type Chat, startChat } from "../../../src/cli/demo/chat.ts";
import { OWN_CHECKS } from "../../../src/cli/own-checks.ts";
import { startDemo } from "../../../src/demo/demo.ts";
import { ask } from "../../integrations/chat-server/requests.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { complaintsOf, startBrowser } from "../../support/servers/browser.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { stubLog } from "../../support/stub-log.ts";

const PATIENCE = { timeout: 30_000, interval: 20 };

/** The demo with its chat. */
async function start(): Promise<Chat> {
  const chat = await startChat(stubLog());
  const demo = await startDemo({
    checks: OWN_CHECKS,
    chat,
    version: "1.2.3",
    startAgent: START_SNMP_AGENT,
    searchPath: process.env["PATH"] ?? "",
  });
  return {
    ...chat,
    async [Symbol.asyncDispose]() {
      await demo.stop();
      await chat[Symbol.asyncDispose]();
    },
  };
}

const sent = (chat: Chat) => chat.server.world.sentTo("alerts");
const alertOf = (chat: Chat, topic: string) =>
  sent(chat).find((message) => message.topic === topic && message.widget !== undefined);

function untilSaid(chat: Chat, content: string | RegExp): Promise<void> {
  return vi.waitFor(() => {
    const said = sent(chat).map((message) => message.content);
    if (!said.some((text) => text.match(content) !== null || text === content))
      throw new Error(`nobody says ${content}: ${JSON.stringify(said)}`);
  }, PATIENCE);
}

describe("the demo's chat", () => {
  checkLeaks();

  it("shows alerts, and acts on a button, an emoji and words", { timeout: 90_000 }, async () => {
    await using chat = await start();
    const api = (method: string, path: string, params: Readonly<Record<string, string>>) =>
      ask(chat.server.url, { method, path, params, user: chat.viewer });
    await vi.waitFor(() => expect(alertOf(chat, "checkout - app1")).toBeDefined(), PATIENCE);
    const alert = alertOf(chat, "checkout - app1");
    expect(alert?.content).toMatch(
      /^Notification Type: \*\*CRIT\*\* - PROBLEM - CRITICAL\nOutput: HTTP CRITICAL/,
    );
    const { choices } = JSON.parse(alert?.widget ?? "{}").extra_data;
    const acknowledge = choices.find((each: { long_name: string }) => each.long_name === "Acknowledge");
    const inTopic = { type: "stream", to: "alerts", topic: "checkout - app1" };
    await api("POST", "messages", { ...inTopic, content: acknowledge.reply });
    await untilSaid(chat, /^Acknowledged checkout - app1 \(demo\): ✓/);

    await api("POST", "messages", { ...inTopic, content: "@**Icinga API-Bot** ack 2h" });
    await untilSaid(
      chat,
      /^Acknowledged checkout - app1 \(demo\): ✗ it is already acknowledged, without an end/,
    );

    await vi.waitFor(() => expect(alertOf(chat, "search - app1")).toBeDefined(), PATIENCE);
    const reaction = [
      `messages/${alertOf(chat, "search - app1")?.id}/reactions`,
      { emoji_name: "1h" },
    ] as const;
    await api("POST", ...reaction);
    await untilSaid(chat, /^Set Downtime for search - app1 \(demo\): ✓/);
    await api("DELETE", ...reaction);
    await untilSaid(chat, /^Cancelled downtime for search - app1 \(demo\): ✓/);

    await api("POST", "messages", { ...inTopic, content: "@**Icinga API-Bot** unack" });
    await untilSaid(chat, /^Removed acknowledgement of checkout - app1 \(demo\): ✓/);
  });
});

describe.skipIf(!hasServer("chromium"))("the page of the demo's chat", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it("shows the stream, and its buttons and emoji work", { timeout: 90_000 }, async () => {
    await using chat = await start();
    const page = await browser.newPage({ viewport: { width: 1_000, height: 1_100 } });
    const complaints = complaintsOf(page);
    await page.goto(chat.url);
    const alert = page.locator("article", { hasText: "HTTP CRITICAL" }).first();
    const form = alert.locator(".choice");
    await form.first().waitFor(PATIENCE);
    expect(await form.getByRole("button").allTextContents()).toEqual(["1h", "8h", "1d", "7d", "Acknowledge"]);
    expect(await form.first().textContent()).toBe("1h1 hour");
    await alert.getByRole("button", { name: "Acknowledge" }).click({ timeout: PATIENCE.timeout });
    await page.getByText("Acknowledged checkout - app1 (demo): ✓").first().waitFor(PATIENCE);
    await alert.getByRole("button", { name: ":1h:" }).click();
    await page.getByText("Set Downtime for checkout - app1 (demo): ✓").first().waitFor(PATIENCE);
    await page.getByLabel("Topic").selectOption("checkout - app1");
    await page.getByLabel("Message").fill("status");
    await page.getByRole("button", { name: "Send to the bot" }).click();
    await page.locator("article", { hasText: "CRITICAL" }).last().waitFor(PATIENCE);
    await page.getByLabel("Message").fill("ack 2h");
    await page.getByRole("button", { name: "Send to the bot" }).click();
    await page.getByText("✗ it is already acknowledged, without an end").first().waitFor(PATIENCE);
    const kept = process.env["KEEP_PICTURES"];
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    if (kept !== undefined) await page.screenshot({ path: `${kept}/chat.png` });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
