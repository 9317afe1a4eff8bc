import { decodeJob, JobError } from "../../../src/job/decode.ts";
import { ageIfTooOld } from "../../../src/job/max-age.ts";
import { MAX_OUTPUT, type Outcome } from "../../../src/outcome/outcome.ts";
import { readLines } from "../../../src/payload/lines.ts";
import { asPassive, encodeResult } from "../../../src/result/encode.ts";
import { judge, judgeSettings } from "../../../src/result/judge.ts";
import { readOutput } from "../../../src/result/output.ts";
import { RESULT_FIELDS } from "../../../src/result/result.ts";
import { insist, type PureTarget, text } from "../../engine/target.ts";
import { readRecords } from "../samples.ts";
import { readRecordedJobs } from "./payload.ts";

const FIELDS = [
  "type=",
  "host_name=",
  "service_description=",
  "command_line=",
  "core_time=",
  "timeout=",
  "result_queue=",
];

const JOB: PureTarget = text("job", {
  mayThrow: [JobError],
  samples: () => readRecordedJobs().map(({ plain }) => plain),
  tokens: [...FIELDS, "\n", "\n\n", "=", "service", "host", "eventhandler", "(null)", "1e999", "-1", "0"],
  read: (plain) => {
    const job = decodeJob(plain);
    for (const value of [job.type, job.hostName, job.commandLine, job.resultQueue]) {
      insist(value === undefined || plain.includes(value), "a field holds what the payload does not");
      insist(!value?.includes("\n") && value !== "", "a field is empty, or has a line feed");
    }
    for (const number of [job.coreTime, job.timeout])
      insist(number === undefined || (number > 0 && Number.isFinite(number)), "a time is no number above 0");
    ageIfTooOld(job, 1_700_000_000, 60);
    return job;
  },
});

const SETTINGS = judgeSettings({
  identifier: "web1",
  timeoutReturn: 3,
  showErrorOutput: true,
  debugResult: false,
  workerNameInResult: "pre_perfdata",
  workaroundRc25: false,
});
const NAMES: readonly string[] = RESULT_FIELDS.map(({ name }) => name);
const HEAD = "host\x01service\x010\x01";

/** A host, a service, a return code, stdout and stderr, between bytes of the value 1. */
const RESULT: PureTarget = text("result", {
  samples: () => [
    ...["check_http", "check_snmp", "check_nrpe", "check_disk"]
      .slice(0, 3)
      .flatMap((name) =>
        readRecords<{ stdout: string; stderr: string }>(`native/${name}.jsonl`, 10).map(
          ({ stdout, stderr }) => `${HEAD}${stdout}\x01${stderr}`,
        ),
      ),
    `${HEAD}a\0b\nc\0\x01x`,
    "h\nx=1\x01s\0\x01126\x01out|perf\x01sh: 1: x: Argument list too long\n",
  ],
  tokens: ["\x01", "\n", "\0", "|", "\\n", " ", "\t", "\r\n", "=", "type=active", "output=", "139", "-1"],
  read: (given) => {
    const [hostName = "", service = "", code = "", stdout = "", stderr = ""] = given.split("\x01");
    const job = decodeJob(`type=host\nhost_name=x\ncommand_line=x\ncore_time=1.5\n`);
    const outcome: Outcome = { kind: "exited", returnCode: Number.parseInt(code, 10) || 0, stdout, stderr };
    const { returnCode, output } = judge(job, outcome, SETTINGS);
    const encoded = encodeResult({
      hostName,
      returnCode,
      output,
      source: SETTINGS.source,
      coreStartTime: job.coreTime,
      serviceDescription: service === "" ? undefined : service,
      startTime: 1,
      finishTime: 2,
    });
    requireFields(encoded);
    requireFields(asPassive(encoded));
    requireOutput(stdout, readOutput(stdout));
    return [returnCode, output.length, encoded.includes("service_description=")];
  },
});

/** Each field once, in its order, and nothing else: no value begins another line. */
function requireFields(encoded: string): void {
  const lines = encoded.split("\n");
  insist(lines.pop() === "", "the last line has no end");
  const names = lines.map((line) => line.slice(0, line.indexOf("=")));
  const expected = NAMES.filter((name) => names.includes(name));
  insist(names.join() === expected.join(), `the fields are ${names.join()}`);
  insist(readLines(encoded).size === names.length, "the reader of payloads sees other fields");
}

function requireOutput(written: string, read: string): void {
  insist(read.length <= Math.min(written.length, MAX_OUTPUT), "more output than was written");
  insist(
    !read.includes("\0") && !/^[\s\0]|[ \t\n\v\f\r\0]$/.test(read.replaceAll("\xa0", "x")),
    "an output with NULs or blanks around it",
  );
}

/** What a core asks for, and what it is told. */
export const JOBS: readonly PureTarget[] = [JOB, RESULT];
