import { describe, expect, it } from "vitest";
import { decodeJob } from "../../src/job/decode.ts";
import type { Outcome } from "../../src/outcome/outcome.ts";
import { isWithheld, type JudgeOptions, judge, judgeSettings } from "../../src/result/judge.ts";
import { escapeLineFeeds } from "../../src/result/output.ts";
import { DEVIATIONS } from "../support/mod-gearman/deviations.ts";
import { expectedResult } from "../support/mod-gearman/pick-list.ts";
import {
  fieldsOf,
  plainOf,
  RECORDED_IDENTIFIER,
  recordedOutcomes,
  recordedPairs,
} from "../support/mod-gearman/recorded.ts";

const DEFAULTS: JudgeOptions = {
  identifier: "w1",
  timeoutReturn: 2,
  showErrorOutput: true,
  debugResult: false,
  workerNameInResult: "off",
  workaroundRc25: false,
};

const HOST = decodeJob("type=host\nhost_name=a\ncommand_line=/x\n");
const SERVICE = decodeJob("type=service\nhost_name=a\nservice_description=b\ncommand_line=/x\n");
const EVENT_HANDLER = decodeJob("type=eventhandler\ncommand_line=/x\n");

describe("judge, on the recorded jobs", () => {
  it("gives for each the result of the pick list", () => {
    const outcomes = new Map(recordedOutcomes().map((row) => [row.commandLine, row.outcome]));
    const settings = judgeSettings({ ...DEFAULTS, identifier: RECORDED_IDENTIFIER });
    for (const pair of recordedPairs()) {
      const commandLine = fieldsOf(pair).get("command_line") ?? "";
      const outcome = outcomes.get(commandLine);
      if (outcome === undefined) throw new Error(`no outcome of ${commandLine}`);
      const { returnCode, output } = judge(decodeJob(plainOf(pair)), outcome, settings);
      const { deviation: _, ...expected } = expectedResult(pair);
      expect({ returnCode, output: escapeLineFeeds(output) }).toEqual(expected);
    }
  });
});

const OUT_OF_BOUNDS = (code: number, hint = "") =>
  `CRITICAL: Return code of ${code} is out of bounds.${hint} (worker: w1)`;
const TOO_MANY = "setpriv: failed to execute /p/x: Resource temporarily unavailable";
const NPROC = " The user of the queue has as many processes as nproc of queue_limits allows.";
const TOO_LONG = "sh: 1: /bin/echo: Argument list too long";
const EXECUTABLE = " Make sure the plugin you're trying to run is executable.";
const EXISTS = " Make sure the plugin you're trying to run actually exists.";
const SIGNAL = (name: string) => ` Plugin exited by signal ${name}.`;

/** The return code, stdout and stderr of a plugin, and the expected return code and output. */
const EXITS: readonly (readonly [number, string, string, number, string])[] = [
  [0, "hello\n", "", 0, "hello"],
  [1, "a b\nc\\d\n", "", 1, "a b\nc\\d"],
  [2, "", "", 2, ""],
  [3, "UNKNOWN", "", 3, "UNKNOWN"],
  [0, "stdout output\n", "stderr output\n", 0, "stdout output\n[stderr output]"],
  [
    2,
    "test plugin CRITICAL\n",
    "some errors on stderr\n",
    2,
    "test plugin CRITICAL\n[some errors on stderr]",
  ],
  [0, "no line feed", "err", 0, "no line feed\n[err]"],
  [0, "", "only stderr", 0, "[only stderr]"],
  [1, "", "only stderr", 1, "[only stderr]"],
  [2, "", "only stderr", 2, "[only stderr]"],
  [3, "", "only stderr", 3, "[only stderr]"],
  [2, " \n\t\n", "err", 2, "[err]"],
  [2, "text\n", " \n", 2, "text"],
  [0, "\n  lead\n\ntrail  \n\n", "", 0, "lead\n\ntrail"],
  [0, "a\tb\r\nC:\\new\\table|x=1", "", 0, "a\tb\r\nC:\\new\\table|x=1"],
  [0, "a\0b\nc", "", 0, "a\nc"],
  [4, "text\n", "", 2, `${OUT_OF_BOUNDS(4)}\ntext`],
  [5, "exiting with exit code 5\n", "", 2, `${OUT_OF_BOUNDS(5)}\nexiting with exit code 5`],
  [5, "", "", 2, OUT_OF_BOUNDS(5)],
  [5, "", "err", 2, `${OUT_OF_BOUNDS(5)}\n\n[err]`],
  [5, " \n", "err", 2, `${OUT_OF_BOUNDS(5)}\n\n[err]`],
  [5, "text\n", "err\n", 2, `${OUT_OF_BOUNDS(5)}\ntext\n[err]`],
  [5, "text", "err", 2, `${OUT_OF_BOUNDS(5)}\ntext\n[err]`],
  [137, "", "err", 2, `${OUT_OF_BOUNDS(137, SIGNAL("SIGKILL"))}\n\n[err]`],
  [255, "", "died at line 1.\n", 2, `${OUT_OF_BOUNDS(255)}\n\n[died at line 1.]`],
  [126, "", "err", 2, `${OUT_OF_BOUNDS(126, EXECUTABLE)}\n[err]`],
  [127, "", "err", 2, `${OUT_OF_BOUNDS(127, EXISTS)}\n[err]`],
  [25, "text", "", 2, `${OUT_OF_BOUNDS(25)}\ntext`],
  [126, "text", "", 2, OUT_OF_BOUNDS(126, EXECUTABLE)],
  [126, "text", "err", 2, `${OUT_OF_BOUNDS(126, EXECUTABLE)}\n[err]`],
  [126, "", `${TOO_LONG}\n`, 2, `${OUT_OF_BOUNDS(126, " Argument list too long.")}\n[${TOO_LONG}]`],
  [126, "", `${TOO_MANY}\n`, 2, `${OUT_OF_BOUNDS(126, NPROC)}\n[${TOO_MANY}]`],
  [127, "text", "", 2, OUT_OF_BOUNDS(127, EXISTS)],
  [127, "text", "err", 2, `${OUT_OF_BOUNDS(127, EXISTS)}\n[err]`],
  [128, "text", "", 2, `${OUT_OF_BOUNDS(128, SIGNAL("signal 0"))}\ntext`],
  [130, "text", "", 2, `${OUT_OF_BOUNDS(130, SIGNAL("SIGINT"))}\ntext`],
  [137, "text", "", 2, `${OUT_OF_BOUNDS(137, SIGNAL("SIGKILL"))}\ntext`],
  [143, "text", "", 2, `${OUT_OF_BOUNDS(143, SIGNAL("SIGTERM"))}\ntext`],
  [144, "text", "", 2, `${OUT_OF_BOUNDS(144)}\ntext`],
  [255, "text", "", 2, `${OUT_OF_BOUNDS(255)}\ntext`],
];

describe("judge, for a plugin that exited", () => {
  it.each(EXITS)("%i, stdout %j, stderr %j", (returnCode, stdout, stderr, expectedCode, output) => {
    const judgement = judgeWith({}, { kind: "exited", returnCode, stdout, stderr });
    expect(judgement).toEqual({ returnCode: expectedCode, output });
  });

  it.each([0, 2, 5, 126, 139])("%i, without show_error_output", (returnCode) => {
    const outcome = exited(returnCode, "text", "err");
    expect(judgeWith({ showErrorOutput: false }, outcome).output).not.toContain("err");
  });

  it("keeps 10 MiB of output", () => {
    const { output } = judgeWith({}, exited(0, "x".repeat(12_000_000)));
    expect(output).toBe("x".repeat(10_485_760));
  });

  it("cuts at a NUL as the table of deviations says", () => {
    const { returnCode, output } = judgeWith({}, exited(0, "a\0b\nc"));
    const row = DEVIATIONS.find((deviation) => deviation.case === "a NUL ends its line, not the line feed");
    expect(`${returnCode} ${escapeLineFeeds(output)}`).toBe(row?.ours);
  });
});

const SIGNALS = [
  [1, "SIGHUP"],
  [2, "SIGINT"],
  [3, "SIGQUIT"],
  [4, "SIGILL"],
  [5, "SIGTRAP"],
  [6, "SIGABRT"],
  [7, "SIGBUS"],
  [8, "SIGFPE"],
  [9, "SIGKILL"],
  [10, "SIGUSR1"],
  [11, "SIGSEGV"],
  [12, "SIGUSR2"],
  [13, "SIGPIPE"],
  [14, "SIGALRM"],
  [15, "SIGTERM"],
] as const;

describe("judge, for a plugin that was killed by a signal", () => {
  it.each(SIGNALS)("%i is %s, whether a shell reports it or not", (signal, name) => {
    const judgement = judgeWith({}, { kind: "signalled", signal, stdout: "text\n", stderr: "" });
    expect(judgement).toEqual({
      returnCode: 2,
      output: `${OUT_OF_BOUNDS(128 + signal, SIGNAL(name))}\ntext`,
    });
    expect(judgeWith({}, exited(128 + signal, "text\n"))).toEqual(judgement);
  });

  it("names no signal from 16 on, like the C worker", () => {
    const outcome: Outcome = { kind: "signalled", signal: 31, stdout: "", stderr: "" };
    expect(judgeWith({}, outcome)).toEqual({ returnCode: 2, output: OUT_OF_BOUNDS(159) });
  });
});

describe("judge, for a time-out", () => {
  const outcome: Outcome = { kind: "timed-out", after: 1, stdout: "partial", stderr: "err" };
  it.each([
    [SERVICE, "(Service Check Timed Out On Worker: w1)"],
    [HOST, "(Host Check Timed Out On Worker: w1)"],
    [EVENT_HANDLER, "(Check Timed Out On Worker: w1)"],
  ])("$type", (job, output) => {
    expect(judge(job, outcome, judgeSettings(DEFAULTS))).toEqual({ returnCode: 2, output });
  });

  it.each([0, 1, 2, 3])("answers timeout_return=%i", (timeoutReturn) => {
    expect(judgeWith({ timeoutReturn }, outcome).returnCode).toBe(timeoutReturn);
  });
});

const NOT_RUN: readonly (readonly [Outcome, string])[] = [
  [{ kind: "too-old", age: 100 }, "(Could Not Start Check In Time)"],
  [
    { kind: "refused", refusal: { rule: "outside-restrict-path", commandLine: "/forbidden/x" } },
    "ERROR: command does not start with any of the restricted paths: /forbidd...",
  ],
  [
    { kind: "not-compiled", plugin: "/p/check_x", complaint: "syntax error\n" },
    '**ePN failed to compile /p/check_x: "syntax error"',
  ],
  [{ kind: "crashed", error: new Error("no shell") }, "UNKNOWN: no shell (worker: w1)"],
  [{ kind: "crashed", error: "thrown text\n" }, "UNKNOWN: thrown text (worker: w1)"],
  [{ kind: "crashed", error: undefined }, "UNKNOWN: undefined (worker: w1)"],
  [{ kind: "crashed", error: new Error("für") }, "UNKNOWN: f\xc3\xbcr (worker: w1)"],
];

describe("judge, for a check that was not run or is at fault", () => {
  it.each(NOT_RUN)("%j", (outcome, output) => {
    expect(judgeWith({}, outcome)).toEqual({ returnCode: 3, output });
  });
});

describe("worker_name_in_result", () => {
  it.each([
    ["off", exited(0, "OK|a=1"), "OK|a=1"],
    ["on", exited(0, "OK|a=1"), "(worker: w1) OK|a=1"],
    ["on", exited(3, ""), "(worker: w1) "],
    ["on", exited(2, "", "err"), "(worker: w1) \n[err]"],
    ["on", exited(2, "OK|a=1", "err"), "(worker: w1) OK|a=1\n[err]"],
    ["pre_perfdata", exited(2, "", "err"), "[err] (worker: w1)"],
    ["pre_perfdata", exited(2, "OK", "err"), "OK\n[err] (worker: w1)"],
    ["pre_perfdata", exited(0, "OK|a=1\nmore|b=2"), "OK (worker: w1) |a=1\nmore|b=2"],
    ["pre_perfdata", exited(1, "OK"), "OK (worker: w1)"],
    ["on", exited(5, "text"), `${OUT_OF_BOUNDS(5)}\ntext`],
    ["pre_perfdata", exited(127, ""), OUT_OF_BOUNDS(127, EXISTS)],
  ] as const)("%s: %j", (workerNameInResult, outcome, output) => {
    expect(judgeWith({ workerNameInResult }, outcome).output).toBe(output);
  });
});

describe("debug-result", () => {
  it.each([exited(0, "OK"), exited(5, "text"), { kind: "too-old", age: 1 } as const])(
    "is put before %j",
    (outcome) => {
      const plain = judgeWith({}, outcome);
      const debug = judgeWith({ debugResult: true }, outcome);
      expect(debug).toEqual({ ...plain, output: `(w1) - ${plain.output}` });
    },
  );
});

describe("workaround_rc_25", () => {
  it.each([
    [true, exited(25, ""), true],
    [true, exited(24, ""), false],
    [true, { kind: "signalled", signal: 25, stdout: "", stderr: "" } as const, false],
    [false, exited(25, ""), false],
  ])("%j: %j is kept back: %j", (workaroundRc25, outcome, withheld) => {
    expect(isWithheld(outcome, judgeSettings({ ...DEFAULTS, workaroundRc25 }))).toBe(withheld);
  });

  it("does not let other codes pass", () => {
    expect(judgeWith({ workaroundRc25: true }, exited(26, "")).returnCode).toBe(2);
  });
});

describe("judgeSettings", () => {
  it("names the worker in the texts and the source", () => {
    const settings = judgeSettings({ ...DEFAULTS, identifier: "b\xc3\xbcro" });
    expect(settings.source).toBe("Mod-Gearman Worker @ b\xc3\xbcro");
    expect(judge(HOST, exited(5, ""), settings).output).toContain("(worker: b\xc3\xbcro)");
  });
});

function judgeWith(options: Partial<JudgeOptions>, outcome: Outcome) {
  return judge(SERVICE, outcome, judgeSettings({ ...DEFAULTS, ...options }));
}

function exited(returnCode: number, stdout: string, stderr = ""): Outcome {
  return { kind: "exited", returnCode, stdout, stderr };
}
