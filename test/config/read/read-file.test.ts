import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/index.ts";
import { load, loadFile, loadMinimal, problemsOf, warningsOf } from "../../support/config/load-memory.ts";
import { memoryMachine } from "../../support/config/memory-machine.ts";

describe("a line of a file", () => {
  it.each([
    ["max-worker=7", 7],
    ["  max-worker \t=  7 \r", 7],
    ["MAX-Worker=7", 7],
    ["--max-worker=7", 7],
    ["max-worker=7 # not 8", 7],
    ["max-worker=7#8", 7],
    ["\xa0max-worker=7", 20],
    ["# max-worker=7", 20],
    ["   # max-worker=7", 20],
    ["", 20],
  ])("%j makes max-worker %i", (line, maxWorker) => {
    expect(loadFile(Buffer.from(line, "latin1")).config.maxWorker).toBe(maxWorker);
  });

  it("is found behind a byte order mark", () => {
    expect(loadFile("\ufeffmax-worker=7\n").config.maxWorker).toBe(7);
  });

  it.each(["B\xfcro", "Voil\xc3\xa0", "a\x85", "\xa0a"])(
    "keeps every byte of %j, ASCII blanks are trimmed",
    (name) => {
      expect(loadFile(Buffer.from(`identifier= ${name}\t`, "latin1")).config.identifier).toBe(name);
    },
  );

  it.each([
    [
      "identifier=a#b",
      "/w.conf:1: warning: the value of identifier was cut at '#', which starts a comment (put a blank before a comment)",
    ],
    [
      "password=abcdefgh#i",
      "/w.conf:1: warning: the value of password was cut at '#', which starts a comment (put the key into a keyfile)",
    ],
  ])("%s is cut with a warning", (line, warning) => {
    expect(warningsOf(loadFile(line))).toEqual([warning]);
  });

  it.each(["identifier=a # b", "max-worker=7#8", "identifier=a", "#identifier=a#b"])("%s is not", (line) => {
    expect(warningsOf(loadFile(line))).toEqual([]);
  });
});

describe("includes", () => {
  it.each(["config", "configfile", "include", "--config", "CONFIG"])(
    "%s= reads a file in its place",
    (key) => {
      const files = {
        "/w.conf": `max-worker=1\n${key}=/other\nspawn-rate=3`,
        "/other": "max-worker=2\nspawn-rate=2",
      };
      const { config, origins } = loadMinimal(["config=/w.conf"], { files });
      expect(config).toMatchObject({ maxWorker: 2, spawnRate: 3 });
      expect(origins.get("max-worker")).toEqual([{ file: "/other", line: 1 }]);
    },
  );

  it("read *.cfg and *.conf of a directory and below, sorted, without hidden files", () => {
    const line = (name: string) => `hostgroups=${name}`;
    const files = {
      "/d/b.conf": line("b"),
      "/d/a.cfg": line("a"),
      "/d/aa/z.cfg": line("aa-z"),
      "/d/c.txt": line("c"),
      "/d/conf": line("conf"),
      "/d/..data/b.conf": line("data"),
      "/d/.#b.conf": line("lock"),
    };
    expect(loadMinimal(["config=/d"], { files }).config.hostgroups).toEqual(["a", "aa-z", "b"]);
  });

  it("go ten deep", () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, at) => [
          `/${at + 1}`,
          at + 1 < length ? `config=/${at + 2}` : "max-worker=7",
        ]),
      );
    expect(loadMinimal(["config=/1"], { files: chain(10) }).config.maxWorker).toBe(7);
    expect(problemsOf(() => loadMinimal(["config=/1"], { files: chain(11) }))).toEqual([
      "/10:1: deep recursion in config files! (/11 seems to include itself)",
    ]);
  });

  it.each([
    ["--config=", "command line: config names no file"],
    ["--config=/gone", "command line: could not open file: /gone: no such file or directory"],
  ])("%s stops the start", (argument, problem) => {
    expect(problemsOf(() => load([argument]))).toEqual([problem]);
  });

  it("that cannot be read do not hide what is wrong elsewhere", () => {
    expect(problemsOf(() => load(["config=/gone", "encryption=maybe"]))).toHaveLength(2);
  });

  it("say why the system refused", () => {
    const machine = {
      ...memoryMachine(),
      stat: () => {
        throw Object.assign(new Error("EACCES: permission denied, stat '/w.conf'"), { errno: -13 });
      },
    };
    expect(problemsOf(() => loadConfig(["config=/w.conf"], machine))).toEqual([
      "command line: could not open file: /w.conf: permission denied",
    ]);
  });

  it.each(["config=/secret", "keyfile=/secret", "tls_ca_file=/secret"])(
    "say who must be able to read them: %s",
    (option) => {
      const refuse = () => {
        throw Object.assign(new Error("EACCES: permission denied"), { errno: -13, code: "EACCES" });
      };
      const machine = { ...memoryMachine(), stat: refuse, readFile: refuse };
      const options = ["server=tls://a", "encryption=yes", option];
      expect(problemsOf(() => loadConfig(options, machine))?.join("\n")).toMatch(
        /: permission denied \(call this as the worker's user, and let that user read the file: chgrp, chmod g\+r\)/,
      );
    },
  );
});
