import { expect, it } from "vitest";
import { readLedger } from "../../../bench/chaos/ledger.ts";
import {
  type ArrivedResult,
  type Evidence,
  isSound,
  judgeChaos,
  readArrived,
  type Span,
  type Verdict,
} from "../../../bench/chaos/verdict.ts";

const GOOD: Verdict = {
  jobs: 1,
  lost: 0,
  wrong: 0,
  neverRun: 0,
  doubled: 0,
  repeated: 0,
  outdated: 0,
  late: 0,
  slowestMs: 10,
  runAgain: { killed: 0, moved: 0, left: 0, resubmitted: 0, unexplained: 0 },
};

function result(startTime: number, afterMs = 10): ArrivedResult {
  const text = `host_name=bench0\nstart_time=${startTime}\nreturn_code=0\noutput=done 0\n`;
  return { ...readArrived(text), afterMs };
}

function says(returnCode: number, output: string): ArrivedResult {
  const text = `host_name=bench0\nstart_time=1\nreturn_code=${returnCode}\noutput=${output}\n`;
  return { ...readArrived(text), afterMs: 10 };
}

function at(second: number): Span {
  return { from: second, to: second };
}

/** One job with one result and one run, and what is different here. */
function judge(more: Partial<Evidence>): Verdict {
  const runs = readLedger("0 1#1 100.00\n");
  return judgeChaos({
    jobs: 1,
    results: [result(1)],
    runs,
    resubmitted: new Set(),
    killed: new Map(),
    ended: new Map(),
    stopped: new Map(),
    lost: [],
    away: [],
    ...more,
  });
}

it("finds the slowest of more jobs than a call has room for", () => {
  const one = result(1);
  const results = Array.from({ length: 200_000 }, (_, job) => ({ ...one, afterMs: job, job }));
  expect(judge({ jobs: 200_000, results, runs: [] })).toMatchObject({ lost: 0, slowestMs: 199_999 });
});

it.each<[what: string, evidence: Partial<Evidence>, verdict: Partial<Verdict>]>([
  ["one result of one run is good", {}, {}],
  ["a job without a result is lost", { results: [] }, { lost: 1, slowestMs: 0 }],
  [
    "results of two runs, the newer last, are two results",
    { results: [result(1), result(2)] },
    { doubled: 1 },
  ],
  [
    "a result of an older run that comes last is outdated",
    { results: [result(2), result(1)] },
    { doubled: 1, outdated: 1 },
  ],
  ["a result whose run is not in the ledger", { runs: [] }, { neverRun: 1 }],
  ["a result that is not the plugin's is wrong", { results: [says(2, "done 0")] }, { wrong: 1 }],
  [
    "a result of a plugin that was killed is wrong, also if a right one follows",
    { results: [says(2, "(No output on stdout) stderr: killed by signal 9"), result(1)] },
    { doubled: 1, wrong: 1 },
  ],
  ["the output of another job is wrong", { results: [says(0, "done 1")] }, { wrong: 1 }],
  ["an empty output is wrong", { results: [says(0, "")] }, { wrong: 1 }],
  ["the same result again is told apart", { results: [result(1), result(1)] }, { repeated: 1 }],
  [
    "a copy of the older result that comes last is outdated, too",
    { results: [result(1), result(2), result(1)] },
    { doubled: 1, repeated: 1, outdated: 1 },
  ],
  [
    "a result after more than a minute is late",
    { results: [result(1, 60_001)] },
    { late: 1, slowestMs: 60_001 },
  ],
])("%s", (_, evidence, verdict) => {
  expect(judge(evidence)).toEqual({ ...GOOD, ...verdict });
});

const SAME_START = "0 1#1 100.00\n0 1#1 110.00\n";
const OTHER_START = "0 1#1 100.00\n0 2#1 110.00\n";

it.each<[what: string, ledger: string, happened: Partial<Evidence>, cause: keyof Verdict["runAgain"]]>([
  ["whose worker was killed meanwhile", OTHER_START, { killed: new Map([["1#1", at(105)]]) }, "killed"],
  ["whose worker was killed later", OTHER_START, { killed: new Map([["1#1", at(115)]]) }, "unexplained"],
  ["while another worker was killed", OTHER_START, { killed: new Map([["2#1", at(105)]]) }, "unexplained"],
  ["of another worker after an outage", OTHER_START, { lost: [at(105)] }, "moved"],
  [
    "whose worker ran it while it was being killed",
    OTHER_START,
    { killed: new Map([["1#1", { from: 99, to: 101 }]]) },
    "killed",
  ],
  [
    "of another worker while the job server was ending",
    OTHER_START,
    { lost: [{ from: 95, to: 100.5 }] },
    "moved",
  ],
  [
    "of another worker, as the first had taken it before an outage and started it a moment after",
    OTHER_START,
    { lost: [{ from: 99.4, to: 99.6 }] },
    "moved",
  ],
  [
    "of the same start a moment after an outage",
    SAME_START,
    { lost: [{ from: 99.4, to: 99.6 }] },
    "unexplained",
  ],
  ["of another worker long after an outage", OTHER_START, { lost: [{ from: 90, to: 95 }] }, "unexplained"],
  [
    "of another worker, as the first had taken it and stood still during the outage",
    OTHER_START,
    { lost: [{ from: 90, to: 95 }], stopped: new Map([["1#1", [{ from: 89, to: 99.9 }]]]) },
    "moved",
  ],
  [
    "of another worker, and the first stood still after the outage only",
    OTHER_START,
    { lost: [{ from: 90, to: 95 }], stopped: new Map([["1#1", [{ from: 96, to: 99.9 }]]]) },
    "unexplained",
  ],
  ["of another worker long before an outage", OTHER_START, { lost: [at(120)] }, "unexplained"],
  ["of the same start after an outage", SAME_START, { lost: [at(105)] }, "unexplained"],
  [
    "whose worker was told to end while the job server was stopped",
    OTHER_START,
    { ended: new Map([["1#1", { from: 101, to: 104 }]]), away: [{ from: 99, to: 106 }] },
    "left",
  ],
  [
    "whose worker was told to end after the job server was back",
    OTHER_START,
    { ended: new Map([["1#1", { from: 107, to: 108 }]]), away: [{ from: 99, to: 106 }] },
    "unexplained",
  ],
  [
    "while another worker was told to end",
    OTHER_START,
    { ended: new Map([["2#1", { from: 101, to: 104 }]]), away: [{ from: 99, to: 106 }] },
    "unexplained",
  ],
  [
    "whose worker was told to end while the job server took results",
    OTHER_START,
    { ended: new Map([["1#1", { from: 101, to: 104 }]]) },
    "unexplained",
  ],
  ["that the core had submitted again", SAME_START, { resubmitted: new Set([0]) }, "resubmitted"],
  ["that nothing explains", SAME_START, {}, "unexplained"],
])("a second run %s", (_, ledger, happened, cause) => {
  const { runAgain } = judge({ runs: readLedger(ledger), ...happened });
  expect(runAgain).toEqual({ ...GOOD.runAgain, [cause]: 1 });
});

it("a run that nothing explains, a lost job and a wrong result are no sound work; two results with a cause are", () => {
  expect(isSound(GOOD)).toBe(true);
  expect(
    isSound({ ...GOOD, doubled: 3, outdated: 1, runAgain: { ...GOOD.runAgain, killed: 3, moved: 1 } }),
  ).toBe(true);
  expect(isSound({ ...GOOD, lost: 1 })).toBe(false);
  expect(isSound({ ...GOOD, wrong: 1 })).toBe(false);
  expect(isSound({ ...GOOD, neverRun: 1 })).toBe(false);
  expect(isSound({ ...GOOD, runAgain: { ...GOOD.runAgain, unexplained: 1 } })).toBe(false);
});
