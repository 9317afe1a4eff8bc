import { describe, expect, it } from "vitest";
import { type Line, only } from "../../../bench/scenarios/line.ts";
import { commandOf, readWorker, sourceWorker, takesPart } from "../../../bench/workers/worker.ts";

const LINE: Line = {
  name: "perl",
  mix: only({ command: "/bin/true" }),
  jobs: 1,
  warmUp: 0,
  own: ["--native_checks=off"],
};
const SETTING = { port: 20_001, pool: 7, key: undefined };

describe("a peer", () => {
  it("is a name and a command", () => {
    expect(readWorker("c=worker  --server=a:{port}\n --key={key}")).toEqual({
      name: "c",
      template: ["worker", "--server=a:{port}", "--key={key}"],
      isOwn: false,
      lines: undefined,
    });
  });

  it("may take part in some lines only", () => {
    const peer = readWorker("c@perl,perl-mp=env A=b worker");
    expect(peer).toMatchObject({ name: "c", lines: ["perl", "perl-mp"], template: ["env", "A=b", "worker"] });
    expect(takesPart(peer, LINE)).toBe(true);
    expect(takesPart(peer, { ...LINE, name: "python" })).toBe(false);
  });

  it.each(["c", "=worker", "c@=worker", "c=", "a b=worker"])("is not %j", (text) => {
    expect(() => readWorker(text)).toThrow(`--worker: not name=command: ${text}`);
  });

  it("does not take part in a line for our own worker only", () => {
    const line: Line = { ...LINE, isOwnOnly: true };
    expect(takesPart(readWorker("c=worker"), line)).toBe(false);
    expect(takesPart(sourceWorker(), line)).toBe(true);
  });
});

describe("the command of a worker", () => {
  const peer = readWorker(
    "c=worker --server=a:{port} --max-worker={w} --encryption={enc} --key={key} {other}",
  );

  it.each([
    [undefined, ["worker", "--server=a:20001", "--max-worker=7", "--encryption=no", "{other}"]],
    ["k", ["worker", "--server=a:20001", "--max-worker=7", "--encryption=yes", "--key=k", "{other}"]],
  ])("with the key %s", (key, expected) => {
    expect(commandOf(peer, LINE, { ...SETTING, key })).toEqual(expected);
  });

  it("begins with the words of the line", () => {
    const line: Line = { ...LINE, under: ["env", "A=b"], hasLoopDelay: true };
    expect(commandOf(peer, line, SETTING).slice(0, 3)).toEqual(["env", "A=b", "worker"]);
    expect(commandOf(sourceWorker(), line, SETTING).slice(0, 4)).toEqual([
      "env",
      "A=b",
      process.execPath,
      "--import",
    ]);
  });

  it("has the arguments of the line only when it is our worker", () => {
    expect(commandOf(sourceWorker(), LINE, SETTING).at(-1)).toBe("--native_checks=off");
    expect(commandOf(peer, LINE, SETTING)).not.toContain("--native_checks=off");
  });

  it("begins with the words it is started under, for a peer and for our worker", () => {
    const line: Line = { ...LINE, under: ["unshare", "--mount"] };
    expect(commandOf(peer, line, SETTING).slice(0, 3)).toEqual(["unshare", "--mount", "worker"]);
    expect(commandOf(sourceWorker(), line, SETTING).slice(0, 3)).toEqual([
      "unshare",
      "--mount",
      process.execPath,
    ]);
  });
});
