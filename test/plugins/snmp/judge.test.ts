import { describe, expect, it } from "vitest";
import { readCommand } from "../../../plugins/snmp/command.ts";
import { judge, type RateRun } from "../../../plugins/snmp/judge.ts";
import { readObjects } from "../../../plugins/snmp/objects.ts";

const FIRST_RUN: RateRun = { previous: undefined, now: 0 };
const { signal } = new AbortController();

async function judged(line: string, words: readonly string[], rateRun = FIRST_RUN) {
  const command = readCommand(["-H", "h", "-o", ".1.3.6", ...words]);
  const [object] = readObjects([`iso.3.6 = ${line}`], 1);
  if (command === undefined || object === undefined) throw new Error("the words are not understood");
  const { state, shown } = await judge({ object, at: 0, command, rateRun }, signal);
  return [state, shown];
}

describe("an object is judged", () => {
  it.each([
    ["INTEGER: 7", [], 0, "7"],
    ["INTEGER: 7", ["-w", "5"], 1, "7"],
    ["INTEGER: 7", ["-w", "5", "-c", "6"], 2, "7"],
    ["INTEGER: 7", ["-M", "0.5", "-f", "%.1f"], 0, "3.5"],
    ["INTEGER: 7", ["-s", "7"], 0, "7"],
    ["INTEGER: 7", ["-s", "8"], 2, "7"],
    ["INTEGER: 7", ["-s", "7", "--invert-search"], 2, "7"],
    ["INTEGER: 7", ["--invert-search"], 0, "7"],
    ['STRING: "up"', ["-r", "STRING.*u"], 0, '"up"'],
  ])("%s with %j", async (line, words, ...expected) => {
    expect(await judged(line, words)).toEqual(expected);
  });

  it("as it is where its value is no number and nothing is asked of it", async () => {
    await expect(judged('STRING: "x"', ["-w", "5"])).rejects.toThrow('No valid data returned ("x")');
  });
});

describe("a rate", () => {
  const withState = async (line: string, rateRun: RateRun) => {
    process.env["MP_STATE_PATH"] = "/nonexistent";
    try {
      return await judged(line, ["--rate", "-w", "5"], rateRun);
    } finally {
      delete process.env["MP_STATE_PATH"];
    }
  };
  const previous = { time: 1_000, values: [100] };

  it.each([
    ["Counter32: 160", 1_010, 1, "6"],
    ["Counter32: 50", 1_010, 1, `${(2 ** 32 - 50) / 10}`],
    ["INTEGER: 50", 1_010, 1, "-5"],
    ["INTEGER: 150", 1_010, 0, "5"],
  ])("%s at %i, after 100 at 1000", async (line, now, ...expected) => {
    expect(await withState(line, { previous, now })).toEqual(expected);
  });

  it("is not known at the first run", async () => {
    expect(await withState("Counter32: 160", FIRST_RUN)).toEqual([0, "160"]);
  });

  it("needs time between two runs", async () => {
    await expect(withState("Counter32: 160", { previous, now: 1_000 })).rejects.toThrow("Time duration");
  });
});
