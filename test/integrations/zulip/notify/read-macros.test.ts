import { describe, expect, it } from "vitest";
import { macroValue, readNotice } from "../../../../integrations/zulip/notify/notice.ts";
import {
  decodeEntry,
  encodeEntry,
  MAX_ENTRY_BYTES,
} from "../../../../integrations/zulip/notify/notice-entry.ts";
import { readMacros } from "../../../../integrations/zulip/notify/read-macros.ts";

describe("the macros of a call", () => {
  it("are words in capitals, and the core's environment", () => {
    const env = {
      NAGIOS_HOSTNAME: "env",
      NAGIOS_HOSTALIAS: "alias",
      ICINGA_SERVICEDESC: "s",
      PATH: "/bin",
      NAGIOS__HOSTTEAM: "dba",
    };
    const { macros, others } = readMacros(
      ["HOSTNAME=word", "--config=a=B", "ICINGA_HOSTSTATE=UP", "stage=dev"],
      env,
    );
    expect([...macros].toSorted()).toEqual([
      ["HOSTALIAS", "alias"],
      ["HOSTNAME", "word"],
      ["HOSTSTATE", "UP"],
      ["SERVICEDESC", "s"],
      ["_HOSTTEAM", "dba"],
    ]);
    expect(others).toEqual(["--config=a=B", "stage=dev"]);
  });

  it("of lists that no message is made of are left out", () => {
    expect(readMacros([], { NAGIOS_HOSTGROUPMEMBERS: "a,b" }).macros.size).toBe(0);
  });

  it("that the core does not know are empty", () => {
    const { macros } = readMacros(["HOSTNAME=web1", "SERVICEDESC=$SERVICEDESC$", "HOSTALIAS=$"], {});
    expect(macroValue(macros, "SERVICEDESC")).toBe("");
    expect(readNotice(macros, 0)).toMatchObject({ host: "web1", alias: "web1", service: undefined });
  });

  it("without a host are no notification", () => {
    expect(readNotice(readMacros(["SERVICEDESC=s"], {}).macros, 0)).toBeUndefined();
  });
});

describe("an entry of the spool", () => {
  it("has all macros", () => {
    const macros = new Map([["HOSTNAME", 'Größe\n"x"']]);
    expect(decodeEntry(encodeEntry({ time: 5, macros }))).toEqual({ time: 5, macros });
  });

  it.each([
    ["of many long values", 20, "x".repeat(8_192)],
    ["of control characters", 100, "\u0001".repeat(8_192)],
  ])("%s is never larger than the spool expects", (_, count, value) => {
    const macros = new Map(Array.from({ length: count }, (__, at) => [`M${at}`, value] as const));
    const bytes = encodeEntry({ time: Date.now(), macros });
    expect(bytes.length).toBeLessThanOrEqual(MAX_ENTRY_BYTES);
    expect(decodeEntry(bytes)?.macros.get("M0")).toMatch(value.slice(0, 100));
  });

  it.each([
    "",
    "{}",
    "[]",
    "null",
    '{"version":2,"time":1,"macros":{}}',
    '{"version":1,"time":"1","macros":{}}',
  ])("%j is none", (text) => expect(decodeEntry(Buffer.from(text))).toBeUndefined());
});
