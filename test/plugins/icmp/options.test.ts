import { describe, expect, it } from "vitest";
import {
  completionTime,
  type IcmpDefaults,
  readIcmpRequest,
  readThreshold,
  readTime,
} from "../../../plugins/icmp/options.ts";

/** The times that the plugin prints with -v. */
describe("a time in microseconds", () => {
  it.each([
    ["1", 1000],
    ["0.5", 500],
    ["1.25s", 3_500_000],
    ["50ms", 50_000],
    ["2us", 2],
    ["010", 8000],
    ["0x10", 16_000],
    ["3x", 3000],
    ["", 0],
    ["1.05", 1500],
    ["7.s", 7000],
    ["1.999999999", 100_900],
  ])("%j", (text, time) => expect(readTime(text)).toBe(time));
});

describe("a threshold over 200 ms and 40 %", () => {
  it.each([
    ["5000,50%", 5_000_000, 50],
    ["1.25", 3500, 40],
    ["0.05", 500, 40],
    ["0.0001", 100, 40],
    ["1.25s,300%", 3_500_000, 44],
    ["7s,0x10%", 7_000_000, 16],
    ["070000,010%", 28_672_000, 8],
    ["3000.09,60%", 3_000_000, 60],
    ["5,60%", 5000, 40],
    ["60%,30", 60_000, 30],
    ["50us,5", 50, 5],
    ["1.5us,5", 1, 5],
    ["99,99,7%", 99_000, 7],
    ["12345.678,30%,", 12_412_800, 30],
    ["9999999,90", 255_000_000, 90],
    ["abc,50%", 0, 50],
    ["4294967296,9%", 0, 9],
    ["5.s,20%", 5000, 20],
    ["5.5m,20%", 5500, 20],
    ["88", 88_000, 40],
  ])("%j", (text, rta, loss) => {
    expect(readThreshold(text, { rta: 200_000, loss: 40 })).toEqual({ rta, loss });
  });
});

const DEFAULTS: IcmpDefaults = {
  interval: 80_000,
  warning: { rta: 200_000, loss: 40 },
  critical: { rta: 500_000, loss: 80 },
};
const read = (...argv: readonly string[]) => readIcmpRequest(argv, DEFAULTS);

describe("a request", () => {
  it("has the plugin's defaults", () => {
    expect(read("h")).toEqual({
      targets: ["h"],
      family: 0,
      warning: DEFAULTS.warning,
      critical: DEFAULTS.critical,
      packets: 5,
      interval: 80_000,
      targetInterval: 0,
      minAlive: undefined,
      ttl: 64,
      timeout: 10,
      size: 68,
      source: undefined,
    });
  });

  it.each(["0", "", "65536"])("of -n '%s' sends nothing", (packets) => {
    expect(read("h", "-n", packets)?.packets).toBe(0);
  });

  it("takes an empty host, of which the plugin says that it has no address", () => {
    expect(read("-H", "", "-I", "a")?.targets).toEqual([""]);
  });

  it("takes hosts with -H first", () => {
    expect(read("a", "-H", "b", "c", "-Hd")?.targets).toEqual(["b", "d", "a", "c"]);
  });

  it("lowers a warning to the critical threshold, and combines several thresholds", () => {
    expect(read("h", "-c", "100,20%")?.warning).toEqual({ rta: 100_000, loss: 20 });
    expect(read("h", "-w", "100,20%", "-w", "150")?.warning).toEqual({ rta: 150_000, loss: 20 });
  });

  it("ends after the time the plugin computes in 32 bits", () => {
    const timeOf = (...argv: readonly string[]) => completionTime(read(...argv) ?? expect.fail(), 1);
    expect(timeOf("h")).toBe(3_400_000);
    expect(timeOf("h", "-n1")).toBe(1_080_000);
    expect(timeOf("h", "-c", "255s,20%", "-n20", "-w88")).toBe((21 * 255_000_000 + 1_600_000) % 2 ** 32);
  });
});

describe("left to the plugin", () => {
  it.each([
    [[]],
    [["-v", "h"]],
    [["--bogus", "h"]],
    [["-4", "-6", "h"]],
    [["--", "h"]],
    [["h", "-n", "21"]],
    [["h", "-l", "256"]],
    [["h", "-b", "51"]],
    [["h", "-b", "9000"]],
    [["h", "-w", "5"]],
    [["h", "-m", "-2"]],
    [["h", "-s", "eth0"]],
    [["h", "i", "-I", "5"]],
    [["h", "-i0", "-c", "0us,5%"]],
    [["fe80::1%eth0"]],
    [["b\xc3\xbccher.example"]],
  ])("%j", (argv) => expect(read(...argv)).toBeUndefined());
});
