import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { checkPgsql } from "../../plugins/pgsql/check_pgsql.ts";
import type { GrabbedJob } from "../../src/gearman/grabber/running-job.ts";
import { decodeJob, JobError } from "../../src/job/decode.ts";
import type { Job } from "../../src/job/job.ts";
import type { Outcome, Via } from "../../src/outcome/outcome.ts";
import type { Refusal } from "../../src/outcome/refusal.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { PayloadError } from "../../src/payload/payload-error.ts";
import { judgeSettings } from "../../src/result/judge.ts";
import { ResultTooOldError } from "../../src/result/outbox.ts";
import { createShelf } from "../../src/run/shelf.ts";
import { createJobLog } from "../../src/worker/job-log.ts";
import { LogThrottle } from "../../src/worker/log-throttle.ts";
import { tellAll } from "../../src/worker/worker-events.ts";
import { stubLog } from "../support/stub-log.ts";

const MAX_AGE = 60;
const SERVICE = decodeJob(
  "type=service\nresult_queue=r\nhost_name=web1\nservice_description=Ping\ncommand_line=/p/x a b\n",
);
const HOST = decodeJob("type=host\nresult_queue=r\nhost_name=web1\ncommand_line=/p/x\n");
const EVENT_HANDLER = decodeJob("type=eventhandler\ncommand_line=/p/restart httpd now\n");
const NOTIFICATION = decodeJob("type=notification\ncommand_line=/p/mail admin\n");
const WITHOUT_QUEUE = { ...SERVICE, resultQueue: undefined };
const NO_OUTPUT = { stdout: "", stderr: "" };

const JUDGE_OPTIONS = {
  identifier: "gw",
  timeoutReturn: 3,
  showErrorOutput: true,
  debugResult: false,
  workerNameInResult: "off",
  workaroundRc25: false,
} as const;
const EXITED: Outcome = { kind: "exited", returnCode: 0, ...NO_OUTPUT };
const SETTINGS = { maxAge: MAX_AGE, judge: judgeSettings(JUDGE_OPTIONS) };

const findMarks = createShelf([checkPgsql]).find;

function createLogged() {
  const log = stubLog();
  const jobLog = tellAll(
    [createJobLog({ log, throttle: new LogThrottle(log), findMarks })],
    new LogThrottle(log),
  );
  return { jobLog, log };
}

function tell(job: Job, outcome: Outcome, via: Via = "plugin") {
  const { jobLog, log } = createLogged();
  const ran = { outcome, via, why: "so", startTime: 1_700_000_000, finishTime: 1_700_000_000.0625 };
  jobLog.ran({ job: job, ran: ran, settings: SETTINGS, queue: "service" });
  return log;
}

describe("a run", () => {
  it.each<[string, Job, Outcome, object, string]>([
    [
      "of a service",
      SERVICE,
      { kind: "exited", returnCode: 2, ...NO_OUTPUT },
      { check: "x", returnCode: 2, state: "CRITICAL" },
      "service job done: web1 - Ping",
    ],
    [
      "of a host",
      HOST,
      { kind: "exited", returnCode: 0, ...NO_OUTPUT },
      { check: "x", returnCode: 0, state: "OK" },
      "host job done: web1",
    ],
    [
      "of an event handler",
      EVENT_HANDLER,
      { kind: "exited", returnCode: 0, ...NO_OUTPUT },
      { check: "restart", returnCode: 0, state: "OK" },
      "eventhandler job done: /p/restart",
    ],
    [
      "of a plugin that was killed",
      HOST,
      { kind: "signalled", signal: 9, ...NO_OUTPUT },
      { check: "x", outcome: "signalled" },
      "host job done: web1",
    ],
  ])("%s is a debug line, and no more", (_, job, outcome, fields, message) => {
    const log = tell(job, outcome);
    expect(log.debug.mock.calls).toEqual([
      [{ queue: "service", via: "plugin", why: "so", seconds: 0.0625, ...fields }, message],
    ]);
    expect(log.info).not.toHaveBeenCalled();
    expect(log.error).not.toHaveBeenCalled();
  });

  it("names its object as people read it", () => {
    const job = { ...SERVICE, hostName: "web1", serviceDescription: "L\xc3\xbcfter" };
    expect(tell(job, { kind: "exited", returnCode: 0, ...NO_OUTPUT }).debug).toHaveBeenCalledWith(
      expect.anything(),
      "service job done: web1 - Lüfter",
    );
  });
});

describe("at trace", () => {
  const command = "/p/check_pgsql -H db -p hunter22";
  const job = { ...SERVICE, commandLine: command };
  const stdout = `${"x".repeat(495)} hunter22 L\xc3\xbcfter`;

  it("the command line and the output are shown, without secrets", () => {
    const log = tell(job, {
      kind: "exited",
      returnCode: 0,
      stdout: "hunter22 is wrong",
      stderr: "no hunter22",
    });
    expect(log.trace.mock.calls).toEqual([
      [
        { command: "/p/check_pgsql -H db -p ***", stdout: "*** is wrong", stderr: "no ***" },
        "service job ran: web1 - Ping",
      ],
    ]);
    expect(inspect(log, { depth: 9 })).not.toContain("hunter22");
  });

  it("no half of a secret is left at the end of an output that is cut", () => {
    const log = tell(job, { kind: "exited", returnCode: 0, stdout, stderr: "" });
    expect(log.trace).toHaveBeenCalledWith(
      expect.objectContaining({ stdout: `${"x".repeat(495)} *** `.slice(0, 500) }),
      expect.anything(),
    );
  });

  it("nothing is made of a job where no level wants it", () => {
    const log = { ...stubLog(), isLevelEnabled: () => false };
    const findMarks = () => {
      throw new Error("masked for nothing");
    };
    const jobLog = createJobLog({ log, throttle: new LogThrottle(log), findMarks });
    const outcome: Outcome = { kind: "exited", returnCode: 0, ...NO_OUTPUT };
    const ran = { outcome, via: "plugin", why: "so", startTime: 1, finishTime: 2 } as const;
    jobLog.ran?.({ job, ran, settings: SETTINGS, queue: "service" });
    expect([log.trace, log.debug].flatMap(({ mock }) => mock.calls)).toEqual([]);
  });
});

describe("a time-out is told in the C worker's words", () => {
  it.each([
    ["service", SERVICE, "timeout (10s) hit for servicecheck: web1 - Ping"],
    ["host", HOST, "timeout (10s) hit for hostcheck: web1"],
    ["event handler", EVENT_HANDLER, "timeout (10s) hit for eventhandler: /p/restart httpd now"],
  ])("%s", (_, job, message) => {
    const log = tell(job, { kind: "timed-out", after: 10, ...NO_OUTPUT });
    expect(log.info.mock.calls).toEqual([
      [{ check: expect.stringMatching(/^(x|restart)$/), output: "" }, message],
    ]);
  });

  it("each time, with the beginning of what the plugin had said", () => {
    const { jobLog, log } = createLogged();
    const outcome: Outcome = {
      kind: "timed-out",
      after: 1,
      stdout: `\xc3\xbc${"x".repeat(600)}`,
      stderr: "",
    };
    for (let i = 0; i < 3; i++)
      jobLog.ran({
        job: SERVICE,
        ran: { outcome, via: "shell", why: "", startTime: 1, finishTime: 2 },
        settings: SETTINGS,
        queue: "service",
      });
    expect(log.info).toHaveBeenCalledTimes(3);
    expect(log.info).toHaveBeenLastCalledWith(
      { check: expect.any(String), output: `ü${"x".repeat(498)}` },
      expect.any(String),
    );
  });
});

describe("a plugin that cannot be started", () => {
  const exited = (returnCode: number, stderr = ""): Outcome => ({
    kind: "exited",
    returnCode,
    stdout: "",
    stderr,
  });

  it.each([
    [127, "not found; install what is not found on this machine"],
    [126, "not executable; look at the rights and the first line of what is not executable"],
  ])("is named, once a minute at most: code %i", (returnCode, why) => {
    const [path = ""] = SERVICE.commandLine.split(" ");
    expect(tell(SERVICE, exited(returnCode)).error.mock.calls).toEqual([
      [{ job: "web1 - Ping" }, `a plugin cannot be started: ${path}: ${why}`],
    ]);
  });

  it.each([
    ["one that answers with a state", exited(2)],
    [
      "a user that has too many processes",
      exited(126, "setpriv: failed to execute /p/a: Resource temporarily unavailable"),
    ],
  ])("is not %s", (_, outcome) => {
    expect(tell(SERVICE, outcome).error).not.toHaveBeenCalled();
  });
});

describe("a job that was not run", () => {
  it.each([
    ["a service's", SERVICE, "discarded too old service job: 75 > 60 (web1 - Ping)"],
    ["a host's", HOST, "discarded too old host job: 75 > 60 (web1)"],
  ])("because it was too old: %s", (_, job, message) => {
    expect(tell(job, { kind: "too-old", age: 75.25 }).error).toHaveBeenCalledWith({}, message);
  });

  it("not with an error because of a dry run, but with what would have been run", () => {
    const refusal = { rule: "handler-dry-run", handler: "restart" } as const;
    const log = tell(EVENT_HANDLER, { kind: "refused", refusal });
    expect(log.info).toHaveBeenCalledExactlyOnceWith(
      { command: "/p/restart httpd now" },
      "not run: eventhandler_dry_run names restart",
    );
    expect(log.error).not.toHaveBeenCalled();
  });

  it("because its command was refused", () => {
    const refusal = { rule: "outside-restrict-path", commandLine: "/bin/echo a" } as const;
    expect(tell(SERVICE, { kind: "refused", refusal }).error).toHaveBeenCalledWith(
      { job: "web1 - Ping" },
      "ERROR: command does not start with any of the restricted paths: /bin/ech...",
    );
  });

  it("because the worker's own means failed", () => {
    const error = new Error("no pipes");
    expect(tell(HOST, { kind: "crashed", error }).error).toHaveBeenCalledWith(
      { err: error, job: "web1" },
      "cannot run a job's command",
    );
  });

  it("because a site's own check has a fault, and on which line", () => {
    const error = new TypeError("no such thing");
    error.stack = "TypeError: no such thing\n    at run (file:///site/check_x.ts?omd-worker=3:12:7)";
    expect(tell(HOST, { kind: "crashed", error }).error).toHaveBeenCalledWith(
      { err: error, job: "web1", at: "/site/check_x.ts:12" },
      "cannot run a job's command",
    );
  });

  it("because results had waited too long, with one line for all", () => {
    const { jobLog, log } = createLogged();
    const job = { handle: "H:1", queue: "service" } as GrabbedJob;
    for (let i = 0; i < 3; i++) jobLog.failed(job, new ResultTooOldError("it waited"));
    jobLog.failed(job, new Error("refused"));
    expect(log.error.mock.calls).toEqual([
      [{ handle: "H:1", queue: "service" }, "a result is dropped: it waited"],
      [{ err: new Error("refused"), handle: "H:1", queue: "service" }, "cannot finish a job"],
    ]);
  });

  it.each<[string, (index: number) => Outcome]>([
    ["too old", (index) => ({ kind: "too-old", age: 61 + index })],
    [
      "refused",
      (index) => ({
        kind: "refused",
        refusal: { rule: "outside-restrict-path", commandLine: `/p/${index}/x` },
      }),
    ],
    ["crashed", (index) => ({ kind: "crashed", error: new Error(`no pipe ${index}`) })],
  ])("is one error line when many are %s", (_, outcomeOf) => {
    const { jobLog, log } = createLogged();
    for (let index = 0; index < 2_000; index++) {
      const ran = { outcome: outcomeOf(index), via: undefined, why: "", startTime: 1, finishTime: 1 };
      jobLog.ran({ job: SERVICE, ran: ran, settings: SETTINGS, queue: "service" });
    }
    expect(log.error).toHaveBeenCalledOnce();
  });

  it("hides no other kind of refusal", () => {
    const { jobLog, log } = createLogged();
    const refusals: readonly Refusal[] = [
      { rule: "no-absolute-path", commandLine: "x" },
      { rule: "forbidden-character", commandLine: "/x;id" },
      { rule: "not-understood", check: "check_x" },
      { rule: "not-understood", check: "check_y" },
    ];
    for (const refusal of refusals) {
      const outcome = { kind: "refused", refusal } as const;
      jobLog.ran({
        job: SERVICE,
        ran: { outcome, via: "refuse", why: "", startTime: 1, finishTime: 1 },
        settings: SETTINGS,
        queue: "service",
      });
    }
    expect(log.error).toHaveBeenCalledTimes(4);
  });
});

describe("a command nobody gets a result of", () => {
  it.each([
    [
      "an event handler",
      EVENT_HANDLER,
      "host eventhandler exited with return code 2",
      "cmd: /p/restart httpd now",
    ],
    ["a notification", NOTIFICATION, "host notification exited with return code 2", "cmd: /p/mail admin"],
    [
      "a service's notification",
      { ...NOTIFICATION, hostName: "web1", serviceDescription: "Ping" },
      "service notification exited with return code 2",
      "cmd: /p/mail admin",
    ],
  ])("%s: the log says that it failed, and all that is known", (_, job, first, command) => {
    const { jobLog, log } = createLogged();
    const stdout = `no h\xc3\xbcttpd${"x".repeat(600)}`;
    const outcome = { kind: "exited", returnCode: 2, stdout, stderr: "" } as const;
    jobLog.ran({
      job: job,
      ran: { outcome, via: "shell", why: "", startTime: 1, finishTime: 2 },
      settings: SETTINGS,
      queue: "service",
    });
    const output = `output: no hüttpd${"x".repeat(490)}`;
    expect(log.error.mock.calls).toEqual([[first], [command], [output]]);
  });
});

describe("passwords of a command line are not logged", () => {
  const commandLine = "PW=hunter2 /p/mail -p 'swordfish' 'https://x/?token=abcd1234'";
  const job = { ...EVENT_HANDLER, commandLine };
  const stdout = "hunter2 swordfish abcd1234";
  const SECRETS = /hunter2|swordfish|abcd1234/;

  it.each<[string, Outcome]>([
    ["when it fails", { kind: "exited", returnCode: 2, stdout, stderr: "" }],
    ["when its time is up", { kind: "timed-out", after: 1, stdout, stderr: "" }],
    ["when the worker fails", { kind: "crashed", error: new Error(stdout) }],
    ["when it is too old", { kind: "too-old", age: 100 }],
    [
      "when it is refused",
      { kind: "refused", refusal: { rule: "outside-restrict-path", commandLine: "/p/x" } },
    ],
  ])("%s", (_, outcome) => {
    const log = tell(job, outcome);
    const calls = [log.error, log.warn, log.info, log.debug].flatMap(({ mock }) => mock.calls.flat());
    const texts = calls.map((each) => (typeof each === "string" ? each : inspect(each)));
    expect(texts).not.toEqual([]);
    expect(texts.filter((text) => SECRETS.test(text))).toEqual([]);
  });

  it("and the rest of it is", () => {
    const log = tell(job, { kind: "exited", returnCode: 2, stdout, stderr: "" });
    expect(log.error).toHaveBeenCalledWith("cmd: PW=*** /p/mail -p *** https://x/?token=***");
    expect(log.error).toHaveBeenCalledWith("output: *** *** ***");
  });
});

it("a check whose core named no result queue is told of, once for all", () => {
  const { jobLog, log } = createLogged();
  const ran = { outcome: EXITED, via: "shell", why: "", startTime: 1, finishTime: 2 } as const;
  for (let i = 0; i < 2_000; i++)
    jobLog.ran({ job: WITHOUT_QUEUE, ran: ran, settings: SETTINGS, queue: "service" });
  expect(log.error.mock.calls).toEqual([
    [{ job: "web1 - Ping" }, "no result queue given, the result of the service job is not sent"],
  ]);
});

describe("a payload that cannot be read", () => {
  const grabbed = {
    handle: "H:gm:7",
    queue: "host",
    unique: "",
    workload: Buffer.from("secret workload"),
    server: "127.0.0.1:4730",
    complete: () => {},
    fail: () => {},
  };
  const where = { queue: "host", server: "127.0.0.1:4730" };

  it("is told with its handle, where it came from and the likely cause", () => {
    const { jobLog, log } = createLogged();
    jobLog.unreadable(grabbed, new PayloadError("not-base64", "wrong key?"));
    expect(log.error.mock.calls).toEqual([
      [where, "discarded invalid job (H:gm:7), check your encryption settings: wrong key?"],
    ]);
  });

  it.each([
    ["no-type", "discarded invalid job, no type given"],
    ["no-command", "discarded invalid job, no command line given"],
  ] as const)("%s is told in the C worker's words", (kind, message) => {
    const { jobLog, log } = createLogged();
    jobLog.unreadable(grabbed, new JobError(kind));
    expect(log.error.mock.calls).toEqual([[{ handle: "H:gm:7", ...where }, message]]);
  });

  it("is told as a fault of ours where it is one", () => {
    const { jobLog, log } = createLogged();
    const error = new RangeError("oops");
    jobLog.unreadable(grabbed, error);
    expect(log.error.mock.calls).toEqual([
      [{ err: error, handle: "H:gm:7", ...where }, "discarded a job that cannot be read"],
    ]);
  });

  it("is one line for each kind, however many there are and however long", () => {
    const { jobLog, log } = createLogged();
    const envelope = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from("right")) });
    const wrong = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from("wrong")) });
    for (let length = 1; length <= 500; length++) {
      const workloads = [
        wrong.seal(`type=host\nhost_name=${"h".repeat(length)}\n`),
        Buffer.from(Buffer.alloc(length * 16 + (length % 15) + 1, "\x01").toString("base64")),
        Buffer.from(`?${"!".repeat(length)}`),
      ];
      for (const workload of workloads) {
        jobLog.unreadable({ ...grabbed, handle: `H:gm:${length}`, workload }, openingError(workload));
      }
      jobLog.unreadable({ ...grabbed, handle: `H:gm:${length}` }, new JobError("no-type"));
    }
    expect(log.error).toHaveBeenCalledTimes(4);

    function openingError(workload: Buffer): unknown {
      try {
        return envelope.open(workload);
      } catch (error) {
        return error;
      }
    }
  });

  it("never has its content in the log", () => {
    const { jobLog, log } = createLogged();
    jobLog.unreadable(grabbed, new PayloadError("wrong-key", "wrong key?"));
    jobLog.unreadable(grabbed, new Error("fault"));
    expect(JSON.stringify([log.error.mock.calls, log.debug.mock.calls])).not.toContain("secret workload");
  });
});

it("a long wait inside the worker is told once a minute", () => {
  const { jobLog, log } = createLogged();
  const status = { waiting: 580, oldestWait: 1.1, waited: 4, totalWait: 4.3, longestWait: 1.14 };
  for (let i = 0; i < 3; i++) jobLog.waited("ssh logins", status);
  const text =
    "checks wait inside the worker, ssh logins: 580 now, the longest wait was 1.1 s; it counts for no time-out";
  expect(log.warn.mock.calls).toEqual([[{}, text]]);
});
