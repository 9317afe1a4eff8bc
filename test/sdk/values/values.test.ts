import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineCheck, NOT_YET, report, text } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { NATIVE_VALUES_FOLDER } from "../../../sdk/values/settings.ts";
import { ValueStore } from "../../../sdk/values/value-store.ts";
import { createValues } from "../../../sdk/values/values.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "values-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function storeIn(path: string | undefined, log: string[] = []) {
  return new ValueStore({ folder: () => path, warn: (line) => log.push(line) });
}

/** The values of one command line, and its clock. */
function valuesOf(store: ValueStore, ...argv: readonly string[]) {
  const clock = { now: 1000 };
  return { clock, values: createValues({ store, check: "check_x", argv, now: () => clock.now }) };
}

describe("a rate", () => {
  const rates = (...steps: readonly (readonly [at: number, counter: number | bigint])[]) => {
    const { clock, values } = valuesOf(storeIn(undefined), "-H", "a");
    return steps.map(([at, counter]) => {
      clock.now = at;
      return values.rate("in", counter);
    });
  };

  it.each<[says: string, steps: [number, number | bigint][], rates: unknown[]]>([
    [
      "is units per second",
      [
        [0, 5],
        [10, 25],
        [14, 25],
      ],
      [NOT_YET, 2, 0],
    ],
    [
      "takes 64 bits",
      [
        [0, 2n ** 60n],
        [1, 2n ** 60n + 2048n],
      ],
      [NOT_YET, 2048],
    ],
    [
      "is not known when the counter began anew",
      [
        [0, 100],
        [10, 5],
        [20, 15],
      ],
      [NOT_YET, NOT_YET, 1],
    ],
    [
      "is not known when the clock went back",
      [
        [100, 5],
        [50, 15],
        [60, 25],
      ],
      [NOT_YET, NOT_YET, 1],
    ],
    [
      "stays within a second",
      [
        [0, 0],
        [0.5, 9],
        [10, 20],
        [10.5, 90],
        [20, 40],
      ],
      [NOT_YET, NOT_YET, 2, 2, 2],
    ],
  ])("%s", (_, steps, expected) => {
    expect(rates(...steps)).toEqual(expected);
  });

  it("follows a counter that wraps", () => {
    const { clock, values } = valuesOf(storeIn(undefined));
    values.rate("in", 2 ** 32 - 10, { wrapsAt: 2 ** 32 });
    clock.now += 10;
    expect(values.rate("in", 10, { wrapsAt: 2 ** 32 })).toBe(2);
  });

  it("does not take what is no number", () => {
    const { values } = valuesOf(storeIn(undefined));
    expect(() => values.rate("in", Number.NaN)).toThrow("UNKNOWN - in is no number");
  });
});

it("an average goes to the new value in time", () => {
  const { clock, values } = valuesOf(storeIn(undefined));
  expect(values.average("load", 10, 60)).toBe(10);
  clock.now += 60;
  expect(values.average("load", 0, 60)).toBeCloseTo(10 / Math.E);
});

it("each command line has values of its own", () => {
  const store = storeIn(undefined);
  const [one, other] = [valuesOf(store, "-H", "a").values, valuesOf(store, "-H", "b").values];
  one.set("name", "first");
  expect([one.get("name"), other.get("name"), one.get("toString")]).toEqual(["first", undefined, undefined]);
});

describe("with a folder", () => {
  it("what is remembered outlives the store, without the words, for its user only", async () => {
    const path = join(folder, "new");
    await using before = storeIn(path);
    valuesOf(before, "--password", "geheim").values.set("name", "it");
    await before[Symbol.asyncDispose]();
    expect(readdirSync(path)).toEqual(["check_x.json"]);
    expect(readFileSync(join(path, "check_x.json"), "utf8")).not.toContain("geheim");
    expect(statSync(join(path, "check_x.json")).mode & 0o777).toBe(0o600);
    await using after = storeIn(path);
    expect(valuesOf(after, "--password", "geheim").values.get("name")).toBe("it");
  });

  it("writes while the worker runs", async () => {
    const store = new ValueStore({ folder: () => folder, warn() {}, writeAfterMs: 1 });
    valuesOf(store).values.set("name", 1);
    await expect.poll(() => readdirSync(folder), { timeout: 10_000 }).toEqual(["check_x.json"]);
    await store[Symbol.asyncDispose]();
  });

  it.each([
    ["no JSON", "{"],
    ["another JSON", "[]"],
    ["null", "null"],
    ["another version", '{"version":2,"lines":{}}'],
  ])("begins anew and says so where the file has %s", async (_, contents) => {
    writeFileSync(join(folder, "check_x.json"), contents);
    const log: string[] = [];
    await using store = storeIn(folder, log);
    const { values } = valuesOf(store);
    expect(values.get("name")).toBeUndefined();
    expect(log).toEqual([expect.stringMatching(/^what check_x remembered is lost: /)]);
    values.set("name", 1);
  });

  it("follows no link, and says what it could not write", async () => {
    writeFileSync(join(folder, "other"), '{"version":1,"lines":{}}');
    symlinkSync(join(folder, "other"), join(folder, "check_x.json"));
    const log: string[] = [];
    const linked = storeIn(folder, log);
    valuesOf(linked).values.get("name");
    const nowhere = storeIn("/proc/nothing", log);
    valuesOf(nowhere).values.set("name", 1);
    await nowhere[Symbol.asyncDispose]();
    expect(log).toEqual([
      expect.stringMatching(/^what check_x remembered is lost: ELOOP/),
      expect.stringMatching(/^what check_x remembers is not written: ENOENT/),
    ]);
  });
});

describe("context.values", () => {
  const check = defineCheck({
    name: "check_x",
    summary: "",
    options: { host: text("-H, --host=HOST", "") },
    run: (_, { values }) => {
      const runs = Number(values.get("runs") ?? 0) + 1;
      values.set("runs", runs);
      return report("X").value("runs", runs);
    },
  });

  it("are the same in each run of a line, and outlive the check's own definition", async () => {
    await using shared = new SharedValues({ log() {} });
    const outputs = [];
    for (const line of ["-H a", "-H a", "-H b"])
      outputs.push((await runCheck(check, line, { shared })).output);
    const anew = defineCheck({
      name: "check_x",
      summary: "another reading",
      options: { host: text("-H, --host=HOST", "") },
      run: (_, { values }) => report("X").value("runs", Number(values.get("runs"))),
    });
    outputs.push((await runCheck(anew, "-H a", { shared })).output);
    expect(outputs).toEqual([1, 2, 1, 2].map((runs) => `X OK - runs ${runs}|runs=${runs}\n`));
  });

  it("have the folder of worker.conf", async () => {
    const settings = new Map([[NATIVE_VALUES_FOLDER, folder]]);
    for (const runs of [1, 2]) {
      await using shared = new SharedValues({ log() {}, settings: () => settings });
      expect((await runCheck(check, "-H a", { shared })).output).toContain(`runs=${runs}`);
    }
  });

  it("are not for a stand-in that does not say that it keeps a state", async () => {
    const replaces = { suite: "monitoring-plugins", versions: ["2.3"] };
    const parts = { name: "check_x", summary: "", options: {}, replaces };
    const run = (_: object, { values }: Parameters<Parameters<typeof defineCheck>[0]["run"]>[1]) =>
      report().value("rate", values.rate("a", 1));
    await expect(runCheck(defineCheck({ ...parts, run }), "")).rejects.toThrow("keepsState: () => true");
    expect(await runCheck(defineCheck({ ...parts, run, keepsState: () => true }), "")).toMatchObject({
      output: "OK - rate is not known yet\n",
    });
  });
});
