import { describe, expect, it } from "vitest";
import { readDuration, renderDuration } from "../../../../integrations/zulip/bot/duration.ts";
import { readCommand, readMention } from "../../../../integrations/zulip/bot/read-command.ts";
import { renderAcknowledge, renderDowntime } from "../../../../integrations/zulip/commands/command-text.ts";

const HOUR = 3_600;
const TARGET = { host: "dummy_fkt_tests", service: "Sakuli_Connections" };
const NONE = { target: undefined, seconds: undefined, reason: undefined };

describe("commands of the buttons", () => {
  it.each([
    ["acknowledge###dummy_fkt_tests###Sakuli_Connections###", { verb: "acknowledge", target: TARGET }],
    [
      "downtime###dummy_fkt_tests###Sakuli_Connections###1h###",
      { verb: "downtime", target: TARGET, seconds: HOUR },
    ],
    [
      "downtime###web1###8h###",
      { verb: "downtime", target: { host: "web1", service: undefined }, seconds: 8 * HOUR },
    ],
    ["acknowledge###web1###", { verb: "acknowledge", target: { host: "web1", service: undefined } }],
    [
      " Downtime ### web1 ### 7d ### disk is ordered",
      { verb: "downtime", seconds: 168 * HOUR, reason: "disk is ordered" },
    ],
    ["unack###web1###", { verb: "unacknowledge" }],
    [
      "ack###web1###http###on it",
      { verb: "acknowledge", target: { host: "web1", service: "http" }, reason: "on it" },
    ],
    ["cancel###web1###http###", { verb: "cancel", target: { host: "web1", service: "http" } }],
    ["status###web1###", { verb: "status" }],
  ])("%s", (text, expected) => {
    expect(readCommand(text)).toMatchObject(expected);
  });

  it.each([
    { host: "a#b", service: "c###d" },
    { host: "50%23", service: "`x`" },
    { host: "größe", service: "Disk C:\\ & Größe" },
    { host: "web1", service: undefined },
  ])("lead to %j again", (target) => {
    expect(readCommand(renderAcknowledge(target))).toMatchObject({ verb: "acknowledge", target });
    expect(readCommand(renderDowntime(target, "8h"))).toMatchObject({
      verb: "downtime",
      target,
      seconds: 8 * HOUR,
    });
  });

  it.each([
    ["downtime###web1###http###", "bad-duration"],
    ["downtime###web1###http###forever###", "bad-duration"],
    ["downtime###1h###", "no-target"],
    ["acknowledge######", "no-target"],
    ["acknowledge###web1###http###more###", "no-target"],
    ["acknowledge###web1", "no-end"],
    ["acknowledge###web1###http", "no-end"],
    ["ack###web1###on it", "no-end"],
    ["unack###web1###http", "no-end"],
    ["cancel###web1###http", "no-end"],
    ["status###web1###http", "no-end"],
    ["recheck###web1###http", "no-end"],
    ["issue###web1###http", "no-end"],
    ["downtime###web1###http###1h", "no-end"],
    ["downtime###web1###1h", "no-end"],
    ["shutdown###web1###", "unknown-verb"],
    ["__proto__###web1###", "unknown-verb"],
  ])("%s is refused: %s", (text, kind) => {
    expect(readCommand(text)).toMatchObject({ kind });
  });
});

describe("commands that people write", () => {
  it.each([
    ["ack", { ...NONE, verb: "acknowledge" }],
    ["ACK  I am on it", { ...NONE, verb: "acknowledge", reason: "I am on it" }],
    [
      "ack 2h until the vendor calls",
      { ...NONE, verb: "acknowledge", seconds: 2 * HOUR, reason: "until the vendor calls" },
    ],
    ["downtime 90m", { ...NONE, verb: "downtime", seconds: 1.5 * HOUR }],
    [
      "downtime 2h new\tdisk\nsecond line",
      { ...NONE, verb: "downtime", seconds: 2 * HOUR, reason: "new disk" },
    ],
    ["unack", { ...NONE, verb: "unacknowledge" }],
    ["cancel", { ...NONE, verb: "cancel" }],
    ["status", { ...NONE, verb: "status" }],
    ["recheck", { ...NONE, verb: "recheck" }],
    ["", { ...NONE, verb: "help" }],
    ["help me", { ...NONE, verb: "help", reason: "me" }],
  ])("%j", (text, expected) => {
    expect(readCommand(text)).toEqual(expected);
  });

  it.each([
    ["downtime", { kind: "no-duration", word: "" }],
    ["downtime soon", { kind: "bad-duration", word: "soon" }],
    ["restart apache", { kind: "unknown-verb", word: "restart" }],
    ["constructor", { kind: "unknown-verb", word: "constructor" }],
  ])("%s is refused", (text, expected) => {
    expect(readCommand(text)).toEqual(expected);
  });

  it("have a reason of one line, which is cut", () => {
    const { reason } = readCommand(`ack ${"ä".repeat(2_000)}`) as { reason: string };
    expect(reason).toBe("ä".repeat(500));
  });
});

describe("the mention of the bot", () => {
  it.each([
    ["@**Icinga API-Bot** ack", " ack"],
    ["  @**Icinga API-Bot|9** ack", " ack"],
    ["@**|9** ack", " ack"],
    ["@**Icinga API-Bot**", ""],
    ["@Icinga API-Bot ack", " ack"],
    ["@Icinga API-Bot: ack", " ack"],
    ["@Icinga API-Bot", ""],
  ])("%j", (content, rest) => {
    expect(readMention(content, "Icinga API-Bot", 9)).toBe(rest);
  });

  it.each([
    "ask @**Icinga API-Bot** ack",
    "@_**Icinga API-Bot** ack",
    "@Icinga API-Bots ack",
    "ask @Icinga API-Bot ack",
    "@**Icinga API-Bot|8** ack",
    "```\n@**Icinga API-Bot** ack",
  ])("is none in %j", (content) => {
    expect(readMention(content, "Icinga API-Bot", 9)).toBeUndefined();
  });
});

describe("durations", () => {
  it.each([
    ["1m", 60],
    ["1H", HOUR],
    ["7d", 168 * HOUR],
    ["2w", 336 * HOUR],
  ])("%s", (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
    expect(readDuration(renderDuration(seconds))).toBe(seconds);
  });

  it.each(["", "h", "1", "0h", "-1h", "1.5h", "1h30m", "1y", "1 h", "999999d", "1hour"])(
    "%j is none",
    (text) => {
      expect(readDuration(text)).toBeUndefined();
    },
  );

  it("are shown in the largest unit", () => {
    expect([5_400, HOUR, 86_400, 604_800].map(renderDuration)).toEqual(["90m", "1h", "1d", "1w"]);
  });
});
