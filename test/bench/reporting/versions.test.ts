import { describe, expect, it } from "vitest";
import { describeWorker, withoutFolders } from "../../../bench/reporting/versions.ts";
import { readWorker } from "../../../bench/workers/worker.ts";

describe("a word of a published command", () => {
  it.each([
    ["/a/b-c/bin/worker", "worker"],
    ["./bin/worker", "worker"],
    ["--p1_file=/a/share/p1.pl", "--p1_file=p1.pl"],
    ["PERL5LIB=/a/plugins", "PERL5LIB=plugins"],
    ["--path=/a/b:/c/d", "--path=b:d"],
    ["--server=127.0.0.1:{port}", "--server=127.0.0.1:{port}"],
    ["--folder=/a/b/", "--folder=b/"],
    ["worker", "worker"],
  ])("%s → %s", (word, expected) => {
    expect(withoutFolders(word)).toBe(expected);
  });
});

describe("a worker that is described", () => {
  it("tells its version when it is started without its options", async () => {
    const worker = readWorker(`node=env A=/b/c ${process.execPath} --max-worker={w}`);
    expect(await describeWorker(worker)).toEqual({
      name: "node",
      version: process.version,
      command: "env A=c node --max-worker={w}",
    });
  });

  it("may have no known version", async () => {
    expect(await describeWorker(readWorker("n=/nowhere/worker"))).toEqual({
      name: "n",
      version: "version unknown",
      command: "worker",
    });
  });
});
