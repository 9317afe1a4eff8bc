import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { cutUp } from "../../fuzz/engine/cut.ts";
import { keepFixture, readFixtures } from "../../fuzz/engine/fixtures.ts";
import { fuzzTarget, shorten, tryInput } from "../../fuzz/engine/fuzz-target.ts";
import { Inputs } from "../../fuzz/engine/inputs.ts";
import { minimise } from "../../fuzz/engine/minimise.ts";
import { insist, type PureTarget, soon, text } from "../../fuzz/engine/target.ts";
import { readOptions } from "../../fuzz/options.ts";
import { createFolder } from "../support/folder.ts";

const PLAN = { seed: 42n, runs: 5_000, untilMs: Number.POSITIVE_INFINITY, slowMs: 30 };
const samples = () => ["name=value\n"];
const tokens = ["=", "\n", "=="];

class Refused extends Error {}

/** Readers with a fault each, and what is found. */
const FAULTY: readonly (readonly [what: string, read: PureTarget["read"], found: RegExp])[] = [
  [
    "throws what Node throws",
    (bytes) => bytes.includes("==") && bytes.readUInt32BE(bytes.length),
    /ERR_OUT_OF_RANGE|RangeError/,
  ],
  ["says what is not so", (bytes) => insist(!bytes.includes("=="), "two signs"), /^Broken: two signs$/],
  [
    "never ends",
    (bytes) => {
      while (bytes.includes("==")) bytes.indexOf("x");
    },
    /^TooLong/,
  ],
  ["takes quadratic time", (bytes) => /[ =]+$/.test(bytes.toString("latin1")), /^TooLong/],
];

describe("the fuzzer", () => {
  it.each(FAULTY)("finds a reader that %s, and the same one at each run", async (_, read, found) => {
    const target: PureTarget = {
      name: "faulty",
      kind: "pure",
      samples: () => [Buffer.from("name=value\n")],
      tokens,
      read,
    };
    const [first] = (await fuzzTarget(target, { ...PLAN, runs: 20_000 })).findings;
    expect(first?.text).toMatch(found);
    expect(first && (await tryInput(target, first.input, PLAN.slowMs))?.key).toBe(first?.key);
  });

  it("shortens what it has found", async () => {
    const target = text("faulty", {
      samples,
      tokens,
      read: (given) => insist(!given.includes("=="), "two signs"),
    });
    const [found] = (await fuzzTarget(target, PLAN)).findings;
    const limits = { slowMs: 1_000, untilMs: Number.POSITIVE_INFINITY };
    const shortened = found && (await shorten(target, found, limits));
    expect(shortened).toEqual({ input: Buffer.from("=="), isShortest: true });
  });

  it("ends to shorten a long input with its tries, and says so", async () => {
    let tries = 0;
    const needsAll = () => {
      tries += 1;
      return false;
    };
    const input = Buffer.alloc(1 << 20, "\n");
    expect(await minimise(input, needsAll)).toEqual({ input, isShortest: false });
    expect(tries).toBeLessThan(1_000);
  });

  it("ends to shorten when the time is over, and says so", async () => {
    const input = Buffer.from("==");
    expect(await minimise(input, () => true, performance.now())).toEqual({ input, isShortest: false });
  });

  it("tells where what it has found was thrown", async () => {
    const target = text("faulty", {
      samples,
      read: () => {
        throw new TypeError("loose");
      },
    });
    const [found] = (await fuzzTarget(target, PLAN)).findings;
    expect(found?.text).toMatch(/^TypeError: loose\n +at .*engine\.test\.ts/);
  });

  it("finds nothing where a reader throws what it may throw", async () => {
    const refuse = () => {
      throw new Refused("no");
    };
    const target = text("strict", { samples, mayThrow: [Refused], read: refuse });
    expect(await fuzzTarget(target, PLAN)).toMatchObject({ findings: [], inputs: PLAN.runs });
  });

  it("finds what is thrown where nothing awaits it", async () => {
    const target = soon("loose", {
      samples: () => [Buffer.from("a")],
      read: async () => {
        void Promise.reject(new TypeError("loose"));
        await pause(1);
      },
    });
    const seen: unknown[] = [];
    const others = process.rawListeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", (error) => seen.push(error));
    try {
      const { findings } = await fuzzTarget(target, { ...PLAN, runs: 2 });
      expect(findings.map(({ text: said }) => said)).toEqual([expect.stringMatching(/^TypeError: loose/)]);
      expect(seen).toHaveLength(2);
    } finally {
      process.removeAllListeners("unhandledRejection");
      for (const each of others) process.on("unhandledRejection", each as (error: unknown) => void);
    }
  });

  it("finds a reader that keeps memory", async () => {
    const kept: Buffer[] = [];
    const target = text("keeper", { samples, read: () => void kept.push(Buffer.alloc(100_000, "x")) });
    // On a busy machine an input may take 30 ms. It would be tried again then, and is kept each time.
    const { findings } = await fuzzTarget(target, { ...PLAN, runs: 1_000, slowMs: 10_000 });
    expect(findings.map(({ key }) => key)).toEqual(["memory"]);
    expect(kept).toHaveLength(1_000);
  });

  it("counts no buffers that nothing has any more", async () => {
    const target = text("maker", { samples, read: () => Buffer.alloc(1 << 20, "x").length });
    const { grownBytes } = await fuzzTarget(target, { ...PLAN, runs: 300 });
    expect(grownBytes).toBeLessThan(8 << 20);
  });

  it("keeps nothing of a long input but the short part that has become a sample", () => {
    const target = text("reader", { samples, read: () => undefined });
    const inputs = new Inputs(target, { seed: 1n });
    inputs.note(Buffer.alloc(1 << 20).subarray(0, 10), "new");
    expect(inputs.added.map(({ length, buffer }) => [length, buffer.byteLength < 100_000])).toEqual([
      [10, true],
    ]);
  });

  it("makes the same inputs for the same seed, and others for another", () => {
    const target = text("any", { samples, tokens, read: () => undefined });
    const first = (seed: bigint) => {
      const inputs = new Inputs(target, { seed });
      return Array.from({ length: 300 }, () => inputs.next().toString("base64")).join();
    };
    expect(first(1n)).toBe(first(1n));
    expect(first(1n)).not.toBe(first(2n));
    expect(first(1n)).not.toBe(first(1n << 40n));
  });

  it("keeps what it has found, long inputs packed", () => {
    using folder = createFolder();
    const inputs = [Buffer.from("=="), Buffer.alloc(100_000, "=")];
    for (const input of inputs) keepFixture("faulty", input, folder.path);
    const found = readFixtures(folder.path);
    expect(found.map(({ input }) => input.length).toSorted((a, b) => a - b)).toEqual([2, 100_000]);
    expect(found.every(({ target }) => target === "faulty")).toBe(true);
  });

  it("cuts bytes into pieces that are all of them", () => {
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 251));
    expect(Buffer.concat(cutUp(bytes)).equals(bytes)).toBe(true);
    expect(cutUp(bytes).length).toBeGreaterThan(5);
  });
});

describe("its options", () => {
  const all = [text("a", { samples, read: () => undefined }), text("b", { samples, read: () => undefined })];

  it("name targets, a seed and a time", () => {
    expect(
      readOptions(["--target", "b", "--seed", "0xff", "--runs", "9", "--minutes", "0.5"], all),
    ).toMatchObject({
      targets: [all[1]],
      seed: 255n,
      runs: 9,
      seconds: 30,
      keep: false,
    });
    expect(readOptions(["--help"], all)).toBeUndefined();
  });

  it.each([
    [["--target", "c"], "none is called c, there are a, b"],
    [["--runs=-1"], "--runs: no number above 0: -1"],
    [["--seed", "0x12345678901234567"], "no number of 64 bits"],
  ])("%j is refused", (argv, why) => expect(() => readOptions(argv, all)).toThrow(why));
});
