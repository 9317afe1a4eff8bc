import { describe, expect, it } from "vitest";
import { decodeJob } from "../../src/job/decode.ts";
import { asPassive, encodeResult } from "../../src/result/encode.ts";
import { isAnswered, RESULT_FIELDS, type Result, sourceOf } from "../../src/result/result.ts";
import { fieldsOf, plainOf, recordedPairs } from "../support/mod-gearman/recorded.ts";

const RESULT: Result = {
  hostName: "web1",
  serviceDescription: "Ping",
  coreStartTime: 1_700_000_000.25,
  startTime: 1_700_000_001,
  finishTime: 1_700_000_001.000_001,
  returnCode: 1,
  source: "Mod-Gearman Worker @ w1",
  output: "WARNING\nC:\\new|a=1",
};

describe("encodeResult", () => {
  it("writes the fields in their order, output last, and ends with a line feed", () => {
    expect(encodeResult(RESULT)).toBe(
      "type=active\nhost_name=web1\nservice_description=Ping\ncore_start_time=1700000000.250000\n" +
        "start_time=1700000001.000000\nfinish_time=1700000001.000001\nreturn_code=1\nexited_ok=1\n" +
        "source=Mod-Gearman Worker @ w1\noutput=WARNING\\nC:\\new|a=1\n",
    );
  });

  it("writes every result of the Go worker as it did", () => {
    const results = recordedPairs().flatMap((pair) => pair.result_go);
    expect(results.length).toBe(147);
    for (const recorded of results) {
      // The Go worker's embedded Perl leaves an escaped line feed at the end, which is a part of the output.
      expect(encodeResult(resultOf(fieldsOf(recorded))).replace(/\n+$/, "")).toBe(plainOf(recorded));
    }
  });

  it("leaves out absent and empty fields: an empty one would hide those after it", () => {
    const text = encodeResult({
      ...RESULT,
      serviceDescription: undefined,
      coreStartTime: undefined,
      source: "",
    });
    expect(text).not.toMatch(/service_description|core_start_time|source/);
    expect(encodeResult({ ...RESULT, serviceDescription: "" })).not.toMatch(/service_description/);
  });

  it("writes an empty output", () => {
    expect(encodeResult({ ...RESULT, output: "" })).toMatch(/\noutput=\n$/);
  });

  it("lets no value begin another field", () => {
    const evil = "x\nreturn_code=0\0";
    const text = encodeResult({
      ...RESULT,
      hostName: evil,
      serviceDescription: evil,
      source: evil,
      output: evil,
    });
    expect(text.split("\n").length).toBe(RESULT_FIELDS.length + 1);
    expect(text).toContain("host_name=x return_code=0 \n");
  });

  it("keeps every byte", () => {
    expect(encodeResult({ ...RESULT, output: "\xff\xe4\x85\xa0" })).toContain("output=\xff\xe4\x85\xa0\n");
  });
});

describe("asPassive", () => {
  it("changes only the type", () => {
    const active = encodeResult({ ...RESULT, output: "type=active\n" });
    expect(asPassive(active)).toBe(active.replace("type=active", "type=passive"));
  });
});

describe("sourceOf", () => {
  it("has an ASCII blank", () => {
    expect(sourceOf("w1")).toBe("Mod-Gearman Worker @ w1");
  });
});

describe("isAnswered", () => {
  const queue = "result_queue=check_results\n";
  const host = "host_name=a\n";
  const service = "service_description=b\n";
  it.each([
    ["a host", `type=host\n${queue}${host}`, true],
    ["a service", `type=service\n${queue}${host}${service}`, true],
    ["a host without result queue", `type=host\n${host}`, false],
    ["an event handler", `type=eventhandler\n${queue}${host}`, false],
    ["a notification", `type=notification\n${queue}${host}`, false],
    ["an unknown type", `type=foo\n${queue}${host}`, true],
    ["an unknown type without host", `type=foo\n${queue}`, false],
  ])("%s", (_, text, answered) => {
    expect(isAnswered(decodeJob(`${text}command_line=/bin/true\n`))).toBe(answered);
  });
});

function resultOf(fields: ReadonlyMap<string, string>): Result {
  return {
    hostName: fields.get("host_name") ?? "",
    serviceDescription: fields.get("service_description"),
    coreStartTime: Number(fields.get("core_start_time")),
    startTime: Number(fields.get("start_time")),
    finishTime: Number(fields.get("finish_time")),
    returnCode: Number(fields.get("return_code")),
    source: fields.get("source") ?? "",
    output: fields.get("output") ?? "",
  };
}
