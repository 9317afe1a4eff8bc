import { describe, expect, it } from "vitest";
import { decodeName, encodeName } from "../../../../integrations/zulip/commands/name-code.ts";
import { renderNotice } from "../../../../integrations/zulip/notify/message.ts";
import { safeBlock, safeText } from "../../../../integrations/zulip/notify/safe-text.ts";
import { fitTopic } from "../../../../integrations/zulip/notify/topic.ts";
import { notice, SERVICE_PROBLEM, STYLE } from "./notices.ts";

const HOSTILE = [
  ["a mention of all", "@**all** look"],
  ["a silent mention", "x @_**Hamlet|12** x"],
  ["a group", "@*admins*"],
  ["a stream", "#**icinga>topic**"],
  ["code that is not closed", "``` a ` b"],
  ["a link with another text", "[OK](https://evil.example)"],
  ["a picture", "![](https://evil.example/a.png)"],
  ["bold that is not closed", "** a __ ~~ b"],
  ["mathematics", "$$ \\frac $$"],
  ["HTML", "<script>alert(1)</script><table><tr><td onclick='x'>down</td></tr></table>"],
  ["a picture in the text", `<img src="data:image/png;base64,${"A".repeat(200)}"> end`],
  ["control characters", "a\0b\x1b[31mc\r\nd\u2028e\u202ef"],
  ["half a character", "a\ud800b"],
  ["a quote", "\n> x\n```quote\nx"],
] as const;

describe("the output of a plugin", () => {
  it.each([
    "CRITICAL - suite failed",
    "load average: 0.50, 1.00 (3 procs) <5% *idle* #1 user@host a_b_c 50$ ~10 [ok] 2 < 3",
    "Störung €5: C:\\ 95% used | sda1",
  ])("stays as it is: %s", (text) => expect(safeText(text, 1_000)).toBe(text));

  it.each(HOSTILE)("cannot break a message by %s", (_, text) => {
    const shown = safeText(text, 1_000);
    expect(shown).not.toMatch(
      /@_?\*|#\*|`|\]\(|\*\*|~~|\$\$|data:|<script|<img|<table|[\p{Cc}\u2028\u202e]/u,
    );
    expect(shown.isWellFormed()).toBe(true);
    const content = renderNotice(notice({ ...SERVICE_PROBLEM, SERVICEOUTPUT: text }), STYLE)?.content ?? "";
    expect(content.split("\n")).toHaveLength(3);
    expect(content).toMatch(/\nMore: \[Sakuli_Connections - dummy_fkt_tests\]\(https:/);
  });

  it.each(HOSTILE)("nor can a name, by %s", (_, text) => {
    const macros = { ...SERVICE_PROBLEM, SERVICEDESC: `x${text}`, HOSTNAME: `y${text}`, HOSTALIAS: text };
    const message = renderNotice(notice(macros), STYLE);
    expect(message?.content.split("\n")).toHaveLength(3);
    expect(message?.content).not.toMatch(/@_?\*\*|`/);
    const [, target = ""] = /\]\((.*)\)$/.exec(message?.content ?? "") ?? [];
    expect(target).toMatch(/^https:[\w/.?=&%-]+$/);
    const { heading } = JSON.parse(message?.widget ?? "{}").extra_data;
    expect(heading).not.toMatch(/\p{Cc}/u);
    expect(message?.topic).not.toMatch(/\p{Cc}/u);
  });

  it("of a megabyte is cut", () => {
    for (const piece of ["x", "<", "@**", "data:a;", "`", "\n", "[](", "<script ", "𝄞"]) {
      const text = piece.repeat(1_000_000 / piece.length);
      expect([...safeText(text, 100)].length).toBeLessThanOrEqual(200);
      safeBlock(text, 100);
    }
  });

  it("in several lines is a block that nothing in it ends", () => {
    expect(safeBlock("a\\n```\\n@**all** b", 100)).toBe("````text\na\n```\n@**all** b\n````");
    expect(safeBlock(" \\n ", 100)).toBe("");
  });
});

describe("a topic", () => {
  it("of sixty characters stays", () => expect(fitTopic("ä".repeat(60))).toBe("ä".repeat(60)));

  it("that is longer is cut to sixty, with a hash of the whole", () => {
    const [one, two] = ["a", "b"].map((end) => fitTopic(`${"𝄞".repeat(70)}${end}`));
    expect([...(one ?? "")]).toHaveLength(60);
    expect(one).toMatch(/^𝄞{53}…[0-9a-f]{6}$/u);
    expect(one).not.toBe(two);
    expect(fitTopic(`${"𝄞".repeat(70)}a`)).toBe(one);
  });

  it("without a text has one", () => expect(fitTopic(" \n")).toBe("(no name)"));

  it("is the same for a problem and its recovery", () => {
    const long = {
      ...SERVICE_PROBLEM,
      SERVICEDESC: "a service with a name that is longer than a topic of Zulip may be",
    };
    const [problem, recovery] = ["PROBLEM", "RECOVERY"].map((NOTIFICATIONTYPE) =>
      renderNotice(notice({ ...long, NOTIFICATIONTYPE }), STYLE),
    );
    expect(problem?.topic).toBe(recovery?.topic);
    expect([...(problem?.topic ?? "")].length).toBeLessThanOrEqual(60);
  });
});

describe("a name in a command", () => {
  it.each([
    "Sakuli_Connections",
    "Disk C:\\ & Größe",
    "a###b",
    "100%",
    "%23",
    "x`y`",
    "a\nb\tc",
    "ä%e4",
    "#",
  ])("%j comes back", (name) => {
    expect(encodeName(name)).not.toMatch(/#|`|\p{Cc}/u);
    expect(decodeName(encodeName(name))).toBe(name);
  });

  it("that a person has written may have a per cent sign", () =>
    expect(decodeName("100% of %zz %e4")).toBe("100% of %zz %e4"));
});
