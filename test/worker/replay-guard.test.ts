import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeJob } from "../../src/job/decode.ts";
import { ReplayGuard } from "../../src/worker/replay-guard.ts";

const NOW = 1_800_000_000;
const WINDOW = 300;
const HANDLE = { handle: "H:gm:1", server: "gm:4730" };
const AGAIN = { handle: "H:gm:2", server: "gm:4730" };

const jobAt = (time: number | undefined, more = "") =>
  decodeJob(
    `type=service\nhost_name=web1\nservice_description=Ping\n${time === undefined ? "" : `core_time=${time.toFixed(6)}\n`}command_line=/bin/true${more}\n\n\n`,
  );

describe("a replay window", () => {
  let guard: ReplayGuard;
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW * 1000 });
    guard = new ReplayGuard();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const admit = (job: ReturnType<typeof jobAt>, where = HANDLE, window = WINDOW) => {
    try {
      guard.admit(where, job, window);
      return "taken";
    } catch (error) {
      return error instanceof Error && "kind" in error ? error.kind : error;
    }
  };

  it.each([
    ["now", NOW, "taken"],
    ["at its beginning", NOW - WINDOW, "taken"],
    ["at its end", NOW + WINDOW, "taken"],
    ["older", NOW - WINDOW - 0.1, "outside-window"],
    ["of the future", NOW + WINDOW + 0.1, "outside-window"],
    ["without a time", undefined, "no-time"],
  ])("judges a job %s", (_, time, expected) => {
    expect(admit(jobAt(time))).toBe(expected);
  });

  it("takes a job once, and the very same job of gearmand again", () => {
    expect([admit(jobAt(NOW)), admit(jobAt(NOW)), admit(jobAt(NOW), AGAIN)]).toEqual([
      ...["taken", "taken", "replayed"],
    ]);
    expect(admit(jobAt(NOW), { ...HANDLE, server: "other:4730" })).toBe("replayed");
  });

  it("takes what differs: another time, another command", () => {
    admit(jobAt(NOW));
    expect(admit(jobAt(NOW + 0.000001), AGAIN)).toBe("taken");
    expect(admit(jobAt(NOW, " -w 1"), AGAIN)).toBe("taken");
  });

  it("knows a job for as long as its time lets it come", () => {
    admit(jobAt(NOW - 200), { handle: "H:gm:0", server: "gm:4730" });
    for (let seconds = 0; seconds <= 2 * WINDOW; seconds += 20) {
      vi.setSystemTime((NOW + seconds) * 1000);
      admit(jobAt(NOW + seconds), { handle: `H:gm:${seconds + 100}`, server: "gm:4730" });
      if (seconds === 0) admit(jobAt(NOW + WINDOW));
      expect(admit(jobAt(NOW + WINDOW), AGAIN)).toBe("replayed");
    }
    vi.setSystemTime((NOW + 2 * WINDOW + 1) * 1000);
    expect(admit(jobAt(NOW + WINDOW), AGAIN)).toBe("outside-window");
  });

  it("of 0 takes everything", () => {
    expect(admit(jobAt(undefined), HANDLE, 0)).toBe("taken");
    expect(admit(jobAt(1), HANDLE, 0)).toBe("taken");
    expect(admit(jobAt(1), AGAIN, 0)).toBe("taken");
  });
});
