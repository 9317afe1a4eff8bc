import { describe, expect, it } from "vitest";
import type { Backend, Ending } from "../../../../integrations/backends/backend.ts";
import { performWish, type Wish } from "../../../../integrations/zulip/bot/perform-wish.ts";
import type { Asker } from "../../../../integrations/zulip/bot/permissions.ts";
import { type BotCommand, readCommand } from "../../../../integrations/zulip/bot/read-command.ts";

const ABOUT = { host: "web1", service: "http" };
const ASKER: Asker = {
  userId: 7,
  email: "a@example.org",
  role: 400,
  groups: [],
  isBot: false,
  stream: "icinga",
};
const NOW = 1_764_144_000;
const STATUS = { state: 2, isAcknowledged: true, downtimes: 1, output: "broken\nlong text" };

/** Remembers what it was asked for. */
class RecordingBackend implements Backend {
  readonly name = "the core";
  readonly capabilities = { expiringAcknowledgement: true, ownDowntimeId: true, readsBack: true };
  readonly calls: unknown[][] = [];
  ending: Ending = { kind: "done" };

  readonly acknowledge = (...words: unknown[]) => this.#record("acknowledge", words);
  readonly unacknowledge = (...words: unknown[]) => this.#record("unacknowledge", words);
  readonly downtime = (...words: unknown[]) => this.#record("downtime", words);
  readonly removeDowntime = (...words: unknown[]) => this.#record("removeDowntime", words);
  readonly recheck = (...words: unknown[]) => this.#record("recheck", words);
  readonly status = async () => STATUS;
  readonly whoAmI = async () => "bot";

  async #record(name: string, words: unknown[]): Promise<Ending> {
    this.calls.push([name, ...words]);
    return this.ending;
  }
}

function wishOf(text: string, changes: Partial<Wish> = {}): Wish {
  const command = readCommand(text) as BotCommand;
  return { command, about: ABOUT, key: "message 12", link: "https://z/#narrow/12", name: "Anna", ...changes };
}

async function ask(text: string, changes: Partial<Wish> = {}, backend = new RecordingBackend()) {
  const context = {
    backend,
    rules: [{ allow: true, streams: ["icinga"] }],
    language: "en",
    now: () => NOW,
  } as const;
  const { text: answer, result } = await performWish(wishOf(text, changes), ASKER, context);
  return { answer, result, calls: backend.calls };
}

describe("a wish", () => {
  const comment = "via Zulip https://z/#narrow/12 [zulip:12]";
  const marker = "[zulip:12]";

  it.each([
    [
      "ack",
      ["acknowledge", ABOUT, { author: "Anna", comment, isSticky: true }],
      "Acknowledged http - web1: ✓",
    ],
    [
      "ack 2h vendor",
      [
        "acknowledge",
        ABOUT,
        {
          author: "Anna",
          comment: comment.replace("via Zulip", "vendor"),
          isSticky: true,
          expiresAt: NOW + 7_200,
        },
      ],
      "Acknowledged http - web1: ✓",
    ],
    [
      "downtime###db1###8h###",
      ["downtime", { host: "db1" }, { author: "Anna", comment, marker, startsAt: NOW, endsAt: NOW + 28_800 }],
      "Set Downtime for db1: ✓",
    ],
    ["unack", ["unacknowledge", ABOUT, "Anna"], "Removed acknowledgement of http - web1: ✓"],
    [
      "cancel",
      ["removeDowntime", ABOUT, { author: "Anna", marker: "[zulip:" }],
      "Cancelled downtime for http - web1: ✓",
    ],
    ["recheck", ["recheck", ABOUT], "Checking again http - web1: ✓"],
  ])("%s is done in the monitoring", async (text, call, expected) => {
    const { answer, calls } = await ask(text);
    expect(calls).toEqual([call]);
    expect(answer).toBe(expected);
  });

  it("has no mark of another wish in its comment", async () => {
    const { calls } = await ask("ack see [zulip:11] [zulip:");
    const said = comment.replace("via Zulip", "see (zulip:11] (zulip:");
    expect(calls).toEqual([["acknowledge", ABOUT, { author: "Anna", comment: said, isSticky: true }]]);
  });

  it("takes back only the downtime of a reaction that was taken away", async () => {
    const { calls } = await ask("cancel", { undoes: "reaction 5 7 realm_emoji 3 1" });
    expect(calls).toEqual([
      ["removeDowntime", ABOUT, { author: "Anna", marker: "[zulip:5 7 realm_emoji 3 1]" }],
    ]);
  });

  it("is answered with why it was not done", async () => {
    const backend = new RecordingBackend();
    backend.ending = { kind: "unknown-object" };
    const { answer } = await ask("ack", {}, backend);
    expect(answer).toMatch(/^Acknowledged http - web1: ✗ the monitoring does not know it/);
  });

  it("is not done for somebody who may not ask for it", async () => {
    const backend = new RecordingBackend();
    const context = { backend, rules: [], language: "en" } as const;
    expect(await performWish(wishOf("ack"), ASKER, context)).toEqual({
      text: "✗ acknowledge: you may not do that here",
      result: "refused",
    });
    expect(backend.calls).toEqual([]);
  });

  it("needs a host or a service", async () => {
    const { answer, calls } = await ask("ack", { about: undefined });
    expect(answer).toMatch(/^✗ of which host or service\?/);
    expect(calls).toEqual([]);
  });

  it("for a status is answered with the first line of the output", async () => {
    const { answer } = await ask("status");
    expect(answer).toBe("http - web1: **CRITICAL**, acknowledged, in downtime\nbroken");
  });

  it("for help needs no topic", async () => {
    const { answer } = await ask("help", { about: undefined });
    expect(answer).toContain("downtime 2h");
  });
});
