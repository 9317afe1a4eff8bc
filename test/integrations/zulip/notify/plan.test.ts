import { describe, expect, it } from "vitest";
import { MAX_CONTENT, renderNotice } from "../../../../integrations/zulip/notify/message.ts";
import { type Planning, planNext, type Waiting } from "../../../../integrations/zulip/notify/plan.ts";
import { TEXTS } from "../../../../integrations/zulip/notify/texts.ts";
import { notice, SERVICE_PROBLEM, STYLE, TIME } from "./notices.ts";

const PLANNING: Planning = {
  now: TIME,
  maxAgeMs: 7_200_000,
  digestOver: 3,
  digestTopic: "Many",
  texts: TEXTS.en,
};

function waiting(at: number, macros: Readonly<Record<string, string>> = {}, time = TIME): Waiting {
  const one = notice({ ...SERVICE_PROBLEM, SERVICEDESC: `s${at % 100}`, ...macros }, time);
  const message = renderNotice(one, STYLE);
  if (message === undefined) throw new Error("dropped");
  return { entry: `e${at}`, time, subject: `${one.host} ${one.service}`, message };
}

const many = (count: number, macros = {}, time = TIME) =>
  Array.from({ length: count }, (_, at) => waiting(at, macros, time));

describe("what is sent next", () => {
  it("is nothing if nothing waits", () => expect(planNext([], PLANNING)).toBeUndefined());

  it("is the oldest notice, while few wait", () => {
    expect(planNext(many(3), PLANNING)).toMatchObject({
      kind: "single",
      topic: "s0 - Funktionale Tests",
      entries: ["e0"],
    });
  });

  it("is all of a topic, while many wait for few topics", () => {
    const types = ["PROBLEM", "ACKNOWLEDGEMENT", "RECOVERY", "PROBLEM"];
    const all = types.map((NOTIFICATIONTYPE, at) =>
      waiting(at, { NOTIFICATIONTYPE, SERVICEDESC: at === 2 ? "other" : "one" }),
    );
    const batch = planNext(all, PLANNING);
    expect(batch).toMatchObject({
      kind: "digest",
      topic: "one - Funktionale Tests",
      entries: ["e0", "e1", "e3"],
    });
    expect(batch?.content.match(/\*\*CRIT\*\* - (\w+)/g)).toEqual(
      ["PROBLEM", "ACKNOWLEDGEMENT", "PROBLEM"].map((type) => `**CRIT** - ${type}`),
    );
    expect(batch?.widget).toBe(all[3]?.message.widget);
  });

  it("is a topic of its own, while many wait for many topics", () => {
    const batch = planNext(many(40), PLANNING);
    expect(batch).toMatchObject({ kind: "digest", topic: "Many", widget: undefined });
    expect(batch?.entries).toEqual(many(40).map(({ entry }) => entry));
    expect(batch?.content).toMatch(
      /^\*\*40 notifications\*\* came at once:\n\n\* <time:2026-11-26T08:00:00Z> \*\*CRIT\*\* - PROBLEM - \[s0 - dummy_fkt_tests\]/,
    );
  });

  it("is never more than a message can hold, and nothing is left out", () => {
    let left: readonly Waiting[] = many(500);
    const sent: string[] = [];
    while (left.length > 0) {
      const batch = planNext(left, PLANNING);
      expect([...(batch?.content ?? "")].length).toBeLessThanOrEqual(MAX_CONTENT);
      sent.push(...(batch?.entries ?? []));
      left = left.filter(({ entry }) => !batch?.entries.includes(entry));
    }
    expect(sent).toEqual(many(500).map(({ entry }) => entry));
  });

  it("is of one stream", () => {
    const other = many(22).map((one, at) =>
      at % 2 === 0 ? one : { ...one, message: { ...one.message, stream: "other" } },
    );
    expect(planNext(other, PLANNING)?.entries).toEqual(
      other.filter((_, at) => at % 2 === 0).map(({ entry }) => entry),
    );
  });

  it("is a summary of what has waited too long: the last state of each, and how often", () => {
    const old = TIME - PLANNING.maxAgeMs - 1;
    const all = [
      ...["PROBLEM", "RECOVERY"].map((NOTIFICATIONTYPE, at) =>
        waiting(at, { NOTIFICATIONTYPE, SERVICEDESC: "a" }, old),
      ),
      waiting(2, { SERVICEDESC: "b" }, old),
      waiting(3, { SERVICEDESC: "a" }),
    ];
    const batch = planNext(all, PLANNING);
    expect(batch).toMatchObject({ kind: "stale", topic: "Many", entries: ["e0", "e1", "e2"] });
    const [head, , first, second] = batch?.content.split("\n") ?? [];
    expect(head).toBe("**3 notifications** could not be sent for more than 2 h. The last state of each:");
    expect(first).toMatch(/- RECOVERY - \[a - .* \(2 times\)$/);
    expect(second).toMatch(/- PROBLEM - \[b - /);
  });
});
