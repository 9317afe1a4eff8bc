import { describe, expect, it } from "vitest";
import { decodeJob, JobError, type JobErrorKind } from "../../src/job/decode.ts";
import type { Job } from "../../src/job/job.ts";
import { fieldsOf, plainOf, recordedEvents, recordedPairs } from "../support/mod-gearman/recorded.ts";
import { seededRandom } from "../support/random.ts";

const SERVICE = "type=service\nhost_name=web1\nservice_description=Ping\n";
const COMMAND = "command_line=/bin/true\n";

describe("decodeJob", () => {
  it("reads all fields", () => {
    const text =
      "type=service\nresult_queue=check_results\ntarget_queue=hostgroup_a\nhost_name=web1\nservice_description=Ping\n" +
      "core_time=1700000000.250000\ntimeout=60\ncommand_line=/bin/echo A=1 \ncontact=ops\nplugin_output=short\nlong_plugin_output=l=ong";
    expect(decodeJob(text)).toEqual({
      type: "service",
      resultQueue: "check_results",
      targetQueue: "hostgroup_a",
      hostName: "web1",
      serviceDescription: "Ping",
      coreTime: 1_700_000_000.25,
      timeout: 60,
      commandLine: "/bin/echo A=1 ",
      contact: "ops",
      pluginOutput: "short",
      longPluginOutput: "l=ong",
    });
  });

  it("reads every recorded check", () => {
    for (const pair of recordedPairs()) {
      const fields = fieldsOf(pair);
      expect(decodeJob(plainOf(pair))).toEqual({
        type: fields.get("type"),
        resultQueue: "check_results",
        targetQueue: fields.get("target_queue"),
        hostName: fields.get("host_name"),
        serviceDescription: fields.get("service_description"),
        coreTime: Number(fields.get("core_time")),
        timeout: 4,
        commandLine: fields.get("command_line"),
      });
    }
  });

  it("reads every recorded event handler and notification, which have no host, timeout or result queue", () => {
    const events = recordedEvents().filter((event) => event.queue !== "perfdata");
    expect(events.length).toBe(31);
    for (const event of events) {
      const fields = fieldsOf(event);
      const long = fields.get("long_plugin_output");
      expect(decodeJob(plainOf(event))).toEqual({
        type: event.queue,
        coreTime: Number(fields.get("core_time")),
        commandLine: fields.get("command_line"),
        contact: fields.get("contact"),
        pluginOutput: fields.get("plugin_output"),
        longPluginOutput: long === "(null)" ? undefined : long,
      });
    }
  });
});

const FIELDS: readonly (readonly [string, string, Partial<Job>])[] = [
  ["takes the fields in any order", `${COMMAND}${SERVICE}`, { type: "service", commandLine: "/bin/true" }],
  ["reads on after an empty value", `${SERVICE}empty=\n${COMMAND}`, { commandLine: "/bin/true" }],
  ["ignores unknown names", `${SERVICE}check_options=0\n${COMMAND}`, { commandLine: "/bin/true" }],
  [
    "takes core_time first",
    `${SERVICE}start_time=1\nnext_check=2\ncore_time=3.5\n${COMMAND}`,
    { coreTime: 3.5 },
  ],
  [
    "takes next_check of an older core",
    `${SERVICE}start_time=1\nnext_check=2.25\n${COMMAND}`,
    { coreTime: 2.25 },
  ],
  ["takes start_time of the oldest cores", `${SERVICE}start_time=1\n${COMMAND}`, { coreTime: 1 }],
  [
    "passes over a core_time that is not set",
    `${SERVICE}core_time=0.000000\nnext_check=2\n${COMMAND}`,
    { coreTime: 2 },
  ],
  ["has no time when none is given", SERVICE + COMMAND, { coreTime: undefined }],
  ["has no time when it is none", `${SERVICE}core_time=soon\n${COMMAND}`, { coreTime: undefined }],
  ["has no timeout when none is given", SERVICE + COMMAND, { timeout: undefined }],
  ["has no timeout of 0", `${SERVICE}timeout=0\n${COMMAND}`, { timeout: undefined }],
  ["has no timeout below 0", `${SERVICE}timeout=-1\n${COMMAND}`, { timeout: undefined }],
  ["has no timeout that is no number", `${SERVICE}timeout=long\n${COMMAND}`, { timeout: undefined }],
  [
    "has no timeout beyond what C counts",
    `${SERVICE}timeout=${"9".repeat(400)}\n${COMMAND}`,
    { timeout: 2 ** 31 - 1 },
  ],
  ["cuts the fraction of a timeout", `${SERVICE}timeout=30.9\n${COMMAND}`, { timeout: 30 }],
  ["takes an empty result queue for none", `${SERVICE}result_queue=\n${COMMAND}`, { resultQueue: undefined }],
  ["takes an unknown type as it is", `type=foo\n${COMMAND}`, { type: "foo", hostName: undefined }],
  [
    "takes a notification without output",
    `type=notification\nplugin_output=(null)\n${COMMAND}`,
    { pluginOutput: undefined },
  ],
];

describe("a job", () => {
  it.each(FIELDS)("%s", (_, text, expected) => {
    expect(decodeJob(text)).toMatchObject(expected);
  });
});

const INVALID: readonly (readonly [string, JobErrorKind, string])[] = [
  [`host_name=web1\n${COMMAND}`, "no-type", "discarded invalid job, no type given"],
  [`type=\nhost_name=web1\n${COMMAND}`, "no-type", "discarded invalid job, no type given"],
  ["", "no-type", "discarded invalid job, no type given"],
  [SERVICE, "no-command", "discarded invalid job, no command line given"],
  [`${SERVICE}command_line=\n`, "no-command", "discarded invalid job, no command line given"],
  [`type=host\n${COMMAND}`, "no-host", "discarded invalid job, no host name given"],
  [`type=service\nservice_description=x\n${COMMAND}`, "no-host", "discarded invalid job, no host name given"],
  [
    `type=service\nhost_name=x\n${COMMAND}`,
    "no-service",
    "discarded invalid job, no service description given",
  ],
];

describe("an invalid job", () => {
  it.each(INVALID)("%j is refused: %s", (text, kind, message) => {
    const error = errorOf(text);
    expect(error).toBeInstanceOf(JobError);
    expect(error).toMatchObject({ kind, message });
  });

  it("is always a JobError, however the text was changed", () => {
    const random = seededRandom(2);
    const texts = [...recordedPairs().map(plainOf), ...recordedEvents().map(plainOf)];
    for (let round = 0; round < 20_000; round += 1) {
      const text = texts[round % texts.length] ?? "";
      const from = Math.floor(random() * text.length);
      const error = errorOf(
        text.slice(from, from + Math.floor(random() * text.length)) + text.slice(0, from),
      );
      if (error !== undefined) expect(error).toBeInstanceOf(JobError);
    }
  });
});

function errorOf(text: string): unknown {
  try {
    decodeJob(text);
    return undefined;
  } catch (error) {
    return error;
  }
}
