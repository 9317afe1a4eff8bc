import { describe, expect, it } from "vitest";
import { envelope, jobText, readResult } from "../../../bench/load/payload.ts";

describe("the load's envelope", () => {
  it.each([undefined, "secret"])("opens what it sealed, with the key %s", (key) => {
    const { seal, open } = envelope(key);
    const text = jobText({ queue: "service", command: "/bin/echo \xff" }, 3);
    expect(open(seal(text)).replace(/\0+$/, "")).toBe(text);
  });

  it.each([undefined, "secret"])("opens only the beginning of a large result, with the key %s", (key) => {
    const { seal, open } = envelope(key);
    const text = `host_name=bench5\nreturn_code=0\noutput=${"x".repeat(1_000_000)}\n`;
    const head = open(seal(text));
    expect(head.length).toBeLessThan(5000);
    expect(text.startsWith(head)).toBe(true);
    expect(readResult(head)).toMatchObject({ index: 5, returnCode: 0 });
  });
});

describe("a job of the load", () => {
  it("is that of a service", () => {
    expect(jobText({ queue: "service", command: "a b" }, 12)).toMatch(
      /^type=service\nresult_queue=check_results\nhost_name=bench12\nservice_description=service 12\ncore_time=[\d.]+\ntimeout=60\ncommand_line=a b\n\n\n$/,
    );
  });

  it("has its number and an address of its own in its command", () => {
    const text = jobText({ queue: "service", command: "a host%i.example %a %i" }, 515);
    expect(text).toContain("command_line=a host515.example 127.1.2.3 515\n");
  });

  it("asks one of so many hosts", () => {
    const text = (index: number) => jobText({ queue: "service", command: "a %h250 %h3" }, index);
    expect(text(515)).toContain("command_line=a 127.2.0.15 127.2.0.2\n");
    expect(text(765)).toContain("command_line=a 127.2.0.15 127.2.0.0\n");
  });

  it("is that of a host and has no service", () => {
    const text = jobText({ queue: "host", command: "a b" }, 12);
    expect(text).toMatch(/^type=host\n/);
    expect(text).not.toContain("service");
  });
});

describe("a result as the load reads it", () => {
  it("tells its job by the host name, and the first line of its output", () => {
    const text = "source=bench\nhost_name=bench12\nreturn_code=2\noutput=DOWN\\nmore\\n\n\n";
    expect(readResult(text)).toEqual({ index: 12, returnCode: 2, output: "DOWN" });
  });

  it("belongs to no job without a host name", () => {
    expect(readResult("return_code=0\n").index).toBeNaN();
  });
});
