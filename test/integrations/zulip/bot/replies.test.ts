import { describe, expect, it } from "vitest";
import {
  renderEnding,
  renderFault,
  renderMisunderstood,
  renderRefusal,
  renderTooLate,
} from "../../../../integrations/zulip/bot/replies.ts";
import { renderHelp, renderStatus } from "../../../../integrations/zulip/bot/status-reply.ts";

const TARGET = { host: "dummy_fkt_tests", service: "Sakuli_Connections" };
const HOST = { host: "dummy_fkt_tests", service: undefined };
const EN = { language: "en" } as const;
const DONE = { kind: "done" } as const;

describe("answers", () => {
  it.each([
    [renderEnding("acknowledge", TARGET, DONE, EN), "Acknowledged Sakuli_Connections - dummy_fkt_tests: ✓"],
    [renderEnding("downtime", TARGET, DONE, EN), "Set Downtime for Sakuli_Connections - dummy_fkt_tests: ✓"],
    [renderEnding("acknowledge", HOST, { kind: "already" }, EN), "Acknowledged dummy_fkt_tests: ✓"],
    [
      renderEnding("acknowledge", TARGET, DONE, { ...EN, stage: "dev" }),
      "Acknowledged Sakuli_Connections - dummy_fkt_tests (dev): ✓",
    ],
    [
      renderEnding("downtime", TARGET, DONE, { language: "de" }),
      "Downtime gesetzt für Sakuli_Connections - dummy_fkt_tests: ✓",
    ],
    [
      renderEnding("acknowledge", TARGET, { kind: "not-a-problem" }, EN),
      "Acknowledged Sakuli_Connections - dummy_fkt_tests: ✗ there is no problem",
    ],
    [
      renderEnding("acknowledge", HOST, { kind: "other-end", until: 0 }, EN),
      "Acknowledged dummy_fkt_tests: ✗ it is already acknowledged, without an end. First unack",
    ],
    [
      renderEnding("acknowledge", HOST, { kind: "other-end", until: 1_764_144_000 }, { language: "de" }),
      "Bestätigt: dummy_fkt_tests: ✗ es ist schon bestätigt, mit einem anderen Ende. Zuerst unack",
    ],
    [
      renderEnding("acknowledge", HOST, { kind: "other-end", until: undefined }, EN),
      "Acknowledged dummy_fkt_tests: ✗ it is already acknowledged, and the monitoring does not say until when. First unack",
    ],
    [
      renderEnding("acknowledge", HOST, { kind: "unavailable", reason: "ECONNREFUSED" }, EN),
      "Acknowledged dummy_fkt_tests: ✗ the monitoring does not answer: ECONNREFUSED",
    ],
    [renderRefusal({ kind: "refused" }, { verb: "downtime" }, EN), "✗ downtime: you may not do that here"],
    [
      renderRefusal({ kind: "too-long", maxSeconds: 28_800 }, { verb: "downtime" }, EN),
      "✗ downtime: the longest that you may set is 8h",
    ],
    [
      renderMisunderstood({ kind: "unknown-verb", word: "restart" }, EN),
      "✗ there is no command `restart`. help",
    ],
    [
      renderMisunderstood({ kind: "bad-duration", word: "soon" }, EN),
      "✗ `soon` is no duration: 30m, 2h, 1d and 1w are",
    ],
    [
      renderMisunderstood({ kind: "no-end", word: "http" }, EN),
      "✗ `http` stands behind the last ###. What belongs to the command ends with it, as in acknowledge###host###service###",
    ],
  ])("%s", (text, expected) => {
    expect(text).toBe(expected);
  });

  const DEV = { language: "en", stage: "dev" } as const;
  it.each([
    renderRefusal({ kind: "refused" }, { verb: "downtime" }, DEV),
    ...(["unknown-verb", "no-duration", "bad-duration", "no-target", "no-end"] as const).map((kind) =>
      renderMisunderstood({ kind, word: "x" }, DEV),
    ),
    renderTooLate({ maxAgeSeconds: 600, isResumed: false }, DEV),
    renderFault("acknowledge", DEV),
    renderHelp(DEV, true),
    renderStatus(TARGET, { kind: "unknown-object" }, DEV),
    renderEnding("recheck", TARGET, DONE, DEV),
  ])("of a stage say so: %s", (text) => {
    expect(text).toContain("(dev)");
  });

  it("mention nobody, and are no markup, whatever a name or a reason holds", () => {
    const target = { host: "@**all**", service: "`x` [a](http://b)" };
    const reason = "@_**eve** @*group*\n# x";
    const text = renderEnding("acknowledge", target, { kind: "forbidden", reason }, EN);
    // Zulip knows no escape character: a space of no width breaks what would be markup.
    expect(text).toBe(
      "Acknowledged ˋxˋ [a]\u200b(http://b) - @\u200b*\u200b*all*\u200b*: ✗ the monitoring does not allow it: @\u200b_*\u200b*eve*\u200b* @\u200b*group* # x",
    );
    expect(renderMisunderstood({ kind: "unknown-verb", word: "`@**all**`" }, EN)).toBe(
      "✗ there is no command ` @**all** `. help",
    );
  });
});
