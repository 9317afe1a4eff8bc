import { describe, expect, it } from "vitest";
import { answerIcmp, type PingedHost, renderFloatMs, renderMs } from "../../../plugins/icmp/answer.ts";
import type { IcmpRequest } from "../../../plugins/icmp/options.ts";
import { sprintf } from "../../../plugins/libc/printf.ts";
import { seededRandom } from "../../support/random.ts";

const REQUEST: IcmpRequest = {
  targets: [],
  family: 0,
  warning: { rta: 200_000, loss: 40 },
  critical: { rta: 500_000, loss: 80 },
  packets: 5,
  interval: 80_000,
  targetInterval: 0,
  minAlive: undefined,
  ttl: 64,
  timeout: 10,
  size: 68,
  source: undefined,
};
const GOOD: PingedHost["report"] = {
  sent: 5,
  received: 5,
  repeated: 0,
  sum: 50,
  min: 4,
  max: 23,
  error: undefined,
};
const DEAD = { ...GOOD, received: 0, sum: 0, min: 0xffff_ffff, max: 0 };
const SLOW = { ...GOOD, sum: 5 * 300_000 };
const LOSSY = { ...GOOD, received: 1, sum: 20 };
const OUT_OF_REACH = { ...DEAD, error: { type: 3, code: 1, from: "10.0.0.1" } };
const LOST_LATER = { ...GOOD, error: { type: 3, code: 1, from: "10.0.0.1" } };

const answer = (reports: readonly PingedHost["report"][], request: Partial<IcmpRequest> = {}) =>
  answerIcmp(
    reports.map((report, at) => ({ name: `h${at}`, report })),
    { ...REQUEST, ...request },
  );

describe("milliseconds", () => {
  const random = seededRandom(7);
  const sums = Array.from({ length: 2000 }, () => Math.floor(random() * 10 ** (1 + random() * 8)));

  it("are what printf prints of an average", () => {
    for (const sum of [0, 1, 125, 62.5 * 4, ...sums]) {
      for (const replies of [1, 2, 3, 5, 8]) {
        expect(renderMs(sum / replies)).toBe(sprintf("%0.3f", sum / replies / 1000));
      }
    }
  });

  it("are what printf prints of a float", () => {
    for (const time of [0, 255_000_000, 8_000_001, 16_777_217, ...sums]) {
      expect(renderFloatMs(time)).toBe(sprintf("%0.3f", Math.fround(Math.fround(time) / 1000)));
    }
  });
});

describe("the state", () => {
  it.each<{ reports: readonly PingedHost["report"][]; request?: Partial<IcmpRequest>; state: number }>([
    { reports: [GOOD], state: 0 },
    { reports: [SLOW], state: 1 },
    { reports: [LOSSY], state: 2 },
    { reports: [DEAD], state: 2 },
    { reports: [DEAD], request: { critical: { rta: 500_000, loss: 101 } }, state: 2 },
    { reports: [OUT_OF_REACH], state: 2 },
    { reports: [LOST_LATER], state: 2 },
    { reports: [LOST_LATER, GOOD], state: 0 },
    { reports: [GOOD, SLOW], state: 1 },
    { reports: [SLOW, DEAD], state: 2 },
    { reports: [GOOD, DEAD], request: { minAlive: 1 }, state: 0 },
    { reports: [SLOW, DEAD], request: { minAlive: 1 }, state: 1 },
    { reports: [DEAD, SLOW], request: { minAlive: 1 }, state: 0 },
    { reports: [DEAD, DEAD], request: { minAlive: 1 }, state: 2 },
    { reports: [DEAD], request: { minAlive: 0 }, state: 0 },
  ])("of sample %# is $state", ({ reports, request, state }) => {
    expect(answer(reports, request).returnCode).toBe(state);
  });
});

describe("the text", () => {
  it.each([
    [3, 0, "Net unreachable"],
    [3, 8, "Source host isolated"],
    [3, 13, "Prohibited by filter (firewall)"],
    [3, 99, "Invalid code"],
    [11, 0, "Time to live exceeded in transit"],
    [11, 7, "Invalid code"],
    [12, 0, "Bad IP header (required option absent)"],
  ])("names the error of type %i and code %i: %s", (type, code, text) => {
    const { output } = answer([{ ...DEAD, error: { type, code, from: "10.0.0.1" } }]);
    expect(output.split("|")[0]).toBe(`CRITICAL - h0: ${text} @ 10.0.0.1. rta nan, lost 100%`);
  });

  it("counts further replies, which makes the loss a number of 8 bits", () => {
    const { output } = answer([{ ...GOOD, repeated: 1, sum: 60 }]);
    expect(output).toContain("h0: rta 0.010ms, lost 31%|");
  });
});
