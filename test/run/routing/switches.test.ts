import { describe, expect, it } from "vitest";
import { findSwitch, readSwitches, type SwitchOptions } from "../../../src/run/routing/switches.ts";

const OPTIONS: SwitchOptions = {
  nativeChecks: "on",
  nativeChecksOnly: [],
  nativeChecksExcept: [],
  nativeChecksExperimental: [],
  internalCheckDummy: true,
  internalNegate: true,
  internalCheckNscWeb: true,
  internalCheckPrometheus: true,
};
const REPLACES = { suite: "monitoring-plugins", versions: ["2.3"] };

describe("the worker's locale is English", () => {
  it.each([
    [{}, true],
    [{ LANG: "C" }, true],
    [{ LANG: "POSIX" }, true],
    [{ LANG: "en_GB.UTF-8" }, true],
    [{ LANG: "de_DE.UTF-8" }, false],
    [{ LANG: "eno" }, false],
    [{ LC_MESSAGES: "C", LANG: "de_DE" }, true],
    [{ LC_ALL: "de_DE", LC_MESSAGES: "C", LANG: "C" }, false],
    [{ LC_ALL: "", LANG: "de_DE" }, false],
  ])("%j: %s", (env, speaksEnglish) => {
    expect(readSwitches(OPTIONS, env)).toMatchObject({ speaksEnglish });
  });
});

describe("a check is switched off", () => {
  const find = (name: string, options: Partial<SwitchOptions>, env = {}) =>
    findSwitch({ name, replaces: REPLACES }, readSwitches({ ...OPTIONS, ...options }, env));

  it.each<[why: string | undefined, name: string, options: Partial<SwitchOptions>]>([
    [undefined, "check_x", {}],
    [undefined, "check_x", { nativeChecks: "shadow" }],
    ["native_checks is off", "check_x", { nativeChecks: "off" }],
    ["native_checks_except names the check", "check_x", { nativeChecksExcept: ["check_x"] }],
    ["native_checks_only does not name the check", "check_x", { nativeChecksOnly: ["check_y"] }],
    ["internal_check_dummy is off", "check_dummy", { internalCheckDummy: false }],
    ["internal_negate is off", "negate", { internalNegate: false }],
    ["internal_check_nsc_web is off", "check_nsc_web", { internalCheckNscWeb: false }],
  ])("%s: %s with %j", (why, name, options) => {
    expect(find(name, options)).toBe(why);
  });

  it.each<[why: string | undefined, options: Partial<SwitchOptions>]>([
    ["the check is experimental, and native_checks_experimental does not name it", {}],
    ["native_checks is off", { nativeChecks: "off", nativeChecksExperimental: ["check_x"] }],
    [
      "native_checks_only does not name the check",
      { nativeChecksOnly: ["check_y"], nativeChecksExperimental: ["check_x"] },
    ],
    [undefined, { nativeChecksExperimental: ["check_x"] }],
    [undefined, { nativeChecksOnly: ["check_x"] }],
  ])("because it is experimental: %s with %j", (why, options) => {
    const check = { name: "check_x", replaces: REPLACES, isExperimental: true };
    expect(findSwitch(check, readSwitches({ ...OPTIONS, ...options }, {}))).toBe(why);
  });

  it("in another locale, unless it replaces no plugin", () => {
    const switches = readSwitches(OPTIONS, { LANG: "de_DE" });
    expect(findSwitch({ name: "check_x", replaces: REPLACES }, switches)).toBe(
      "the worker's locale is not English",
    );
    expect(findSwitch({ name: "check_x", replaces: undefined }, switches)).toBeUndefined();
  });
});
