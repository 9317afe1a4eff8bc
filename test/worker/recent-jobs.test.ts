import { describe, expect, it } from "vitest";
import { decodeJob, JobError } from "../../src/job/decode.ts";
import type { Outcome, Via } from "../../src/outcome/outcome.ts";
import { PayloadError } from "../../src/payload/payload-error.ts";
import { judgeSettings } from "../../src/result/judge.ts";
import { RecentJobs } from "../../src/worker/recent-jobs.ts";

const judge = judgeSettings({
  identifier: "gw",
  timeoutReturn: 2,
  showErrorOutput: true,
  debugResult: false,
  workerNameInResult: "off",
  workaroundRc25: false,
});
const SETTINGS = { maxAge: 0, judge };
const START = 1_700_000_000;

interface Told {
  readonly command: string;
  readonly code?: number;
  readonly stderr?: string;
  readonly via?: Via;
  /** Seconds after START. */
  readonly at?: number;
  readonly coreTime?: number;
}

function remember(...told: readonly Told[]) {
  const recent = new RecentJobs();
  for (const { command, code = 0, stderr = "", via = "plugin", at = 0, coreTime } of told) {
    const time = coreTime === undefined ? "" : `core_time=${coreTime}\n`;
    const job = decodeJob(`type=host\nhost_name=h\nresult_queue=r\n${time}command_line=${command}\n`);
    const outcome: Outcome = { kind: "exited", returnCode: code, stdout: "", stderr };
    const ran = { outcome, via, why: "so", startTime: START + at, finishTime: START + at + 1 };
    recent.listener.ran?.({ job, ran, settings: SETTINGS, queue: "service" });
  }
  return recent.status;
}

describe("plugins that could not be started", () => {
  it.each<[string, readonly Told[], readonly (readonly [string, string])[]]>([
    ["one that is not there", [{ command: "/p/a -x", code: 127 }], [["/p/a", "not found"]]],
    ["one without rights", [{ command: "/p/a", code: 126 }], [["/p/a", "not executable"]]],
    [
      "none whose user has too many processes",
      [
        {
          command: "/p/a",
          code: 126,
          stderr: "setpriv: failed to execute /p/a: Resource temporarily unavailable\n",
        },
      ],
      [],
    ],
    ["none that has answered", [{ command: "/p/a", code: 2 }], []],
    ["none whose shell says so of a part", [{ command: "/p/a | /p/b", code: 127, via: "shell" }], []],
    [
      "none that was started since",
      [
        { command: "/p/a", code: 127 },
        { command: "/p/a -y", code: 1 },
      ],
      [],
    ],
    ["no password in front of one", [{ command: "PGPASSWORD=x /p/a", code: 127 }], [["/p/a", "not found"]]],
    ["no words in quotes", [{ command: "A='x y' /p/a", code: 127 }], [["a program in quotes", "not found"]]],
  ])("%s", (_, told, expected) => {
    expect(remember(...told).unusable.map(({ path, why }) => [path, why])).toEqual(expected);
  });

  it("at most twenty, the latest", () => {
    const told = Array.from({ length: 30 }, (_, at) => ({ command: `/p/${at}`, code: 127, at }));
    const { unusable } = remember(...told);
    expect(unusable).toHaveLength(20);
    expect(unusable.at(-1)).toEqual({ path: "/p/29", why: "not found", lastTime: START + 30 });
  });
});

describe("jobs that could not be read", () => {
  const told = (...errors: readonly unknown[]) => {
    const recent = new RecentJobs();
    const grabbed = { handle: "H:a:1", unique: "", queue: "service", server: "gm:4730", workload: "" };
    for (const error of errors) recent.listener.unreadable?.(grabbed as never, error);
    return recent.status.unreadable;
  };

  it("are not there at the start", () => {
    expect(told()).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    [
      "of another key",
      new PayloadError("wrong-key", "wrong key? key= must be the same"),
      "wrong key? key= must be the same",
    ],
    ["without a command", new JobError("no-command"), "discarded invalid job, no command line given"],
    [
      "for another reason, whose text may be of the job",
      new Error("unexpected 'secret'"),
      "the log says why",
    ],
  ])("%s are counted, and say why", (_, error, why) => {
    expect(told(new Error("before"), error)).toEqual({ count: 2, lastTime: expect.any(Number), why });
  });
});

describe("the quickest start", () => {
  it.each<[string, readonly Told[], number | undefined]>([
    ["is not known without times", [{ command: "/p/a" }], undefined],
    ["is the least", [3, -4, 2].map((late) => ({ command: "/p/a", coreTime: START - late })), -4],
    [
      "is forgotten after ten minutes",
      [
        { command: "/p/a", coreTime: START + 50 },
        { command: "/p/a", at: 301, coreTime: START + 300 },
        { command: "/p/a", at: 620, coreTime: START + 618 },
      ],
      1,
    ],
    [
      "is forgotten after a long pause",
      [
        { command: "/p/a", coreTime: START + 50 },
        { command: "/p/a", at: 5_000, coreTime: START + 4_997 },
      ],
      3,
    ],
  ])("%s", (_, told, expected) => {
    expect(remember(...told).leastLatency).toEqual(expected);
  });
});
