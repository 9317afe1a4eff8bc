import { describe, expect, it } from "vitest";
import {
  combineThresholds,
  type PingThreshold,
  readFpingThreshold,
  readPingThreshold,
} from "../../../plugins/icmp/ping-threshold.ts";

describe("a threshold of check_ping", () => {
  it.each<readonly [string, PingThreshold | undefined]>([
    ["100,20%", { rta: 100, loss: 20 }],
    ["100:20%", { rta: 100, loss: 20 }],
    ["100.1,20%", { rta: Math.fround(100.1), loss: 20 }],
    ["20%", { loss: 20 }],
    ["100", { rta: 100 }],
    ["100.5", undefined],
    ["100,", undefined],
    ["20%,100", undefined],
    ["100,101%", undefined],
    ["", undefined],
  ])("%j is %j", (text, threshold) => expect(readPingThreshold(text)).toEqual(threshold));
});

describe("a threshold of check_fping", () => {
  it.each<readonly [string, PingThreshold | undefined]>([
    ["100,20%", { rta: 100, loss: 20 }],
    ["20%:100.5", { rta: 100.5, loss: 20 }],
    ["20%", { loss: 20 }],
    ["100.5", { rta: 100.5 }],
    ["x", { rta: 0 }],
    ["20%,30%", undefined],
    ["100,200", undefined],
  ])("%j is %j", (text, threshold) => expect(readFpingThreshold(text)).toEqual(threshold));
});

it("several thresholds are one, of which the last value counts", () => {
  expect(combineThresholds([{ rta: 1, loss: 2 }, { loss: 3 }])).toEqual({ rta: 1, loss: 3 });
});
