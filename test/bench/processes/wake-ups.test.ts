import { describe, expect, it } from "vitest";
import { readSwitches, switchesIn, switchesSince } from "../../../bench/processes/wake-ups.ts";

describe("wake-ups", () => {
  it("are the voluntary context switches in /proc/PID/status, not the involuntary ones", () => {
    const status = "Name:\ta\nnonvoluntary_ctxt_switches:\t7\nvoluntary_ctxt_switches:\t42\n";
    expect(switchesIn(status)).toBe(42);
    expect(switchesIn("")).toBe(0);
  });

  it("count threads that are new, and leave out those that have ended", () => {
    const before = new Map([
      ["stays", 10],
      ["ends", 1000],
    ]);
    const after = new Map([
      ["stays", 13],
      ["starts", 4],
    ]);
    expect(switchesSince(before, after)).toBe(7);
  });

  it("are read for every thread, and are none for a process that has ended", () => {
    const threads = [...readSwitches([process.pid]).keys()];
    expect(threads).toContain(`/proc/${process.pid}/task/${process.pid}`);
    expect(threads.length).toBeGreaterThan(1);
    expect(readSwitches([2 ** 30])).toEqual(new Map());
  });
});
