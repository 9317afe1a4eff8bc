import { describe, expect, expectTypeOf, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import type { Secret } from "../../src/config/secret.ts";
import { configKey } from "../../src/config/values.ts";
import type { ServerAddress } from "../../src/gearman/server-address.ts";
import { loadMinimal } from "../support/config/load-memory.ts";

describe("Config", () => {
  it("has the types its rows promise", () => {
    expectTypeOf<Config["maxWorker"]>().toEqualTypeOf<number>();
    expectTypeOf<Config["identifier"]>().toEqualTypeOf<string>();
    expectTypeOf<Config["logfile"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Config["logmode"]>().toEqualTypeOf<"automatic" | "file" | "stdout" | "syslog">();
    expectTypeOf<Config["server"]>().toEqualTypeOf<readonly ServerAddress[]>();
    expectTypeOf<Config["key"]>().toEqualTypeOf<Secret | undefined>();
    expectTypeOf<Config["workaroundRc25"]>().toEqualTypeOf<boolean>();
    expectTypeOf<Extract<keyof Config, "maxJobs" | "perfdata" | "config">>().toBeNever();
  });

  it("has no property of an option without effect", () => {
    const { config } = loadMinimal(["hosts", "max-jobs=7", "perfdata=yes"]);
    expect(Object.keys(config)).not.toContain("maxJobs");
    expect(Object.keys(config)).not.toContain("perfdata");
    expect(Object.keys(config)).not.toContain("config");
  });
});

describe("configKey", () => {
  it.each([
    ["server", "server"],
    ["max-worker", "maxWorker"],
    ["dup_results_are_passive", "dupResultsArePassive"],
    ["workaround_rc_25", "workaroundRc25"],
    ["load_limit15", "loadLimit15"],
  ])("%s is %s", (name, key) => {
    expect(configKey(name)).toBe(key);
  });
});
