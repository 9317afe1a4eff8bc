import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWarmPlugins, type WarmPluginOptions } from "../../../src/executor/interpreters/warm-plugin.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "warm-plugin-"));
  file = join(directory, "check_x");
});
afterEach(() => rmSync(directory, { recursive: true }));

function install(contents: string, mode = 0o755): void {
  writeFileSync(file, contents, "latin1");
  chmodSync(file, mode);
}

function finder(options: Partial<WarmPluginOptions> = {}) {
  return createWarmPlugins({
    perl: "implicitly",
    python: "implicitly",
    path: "/nowhere",
    include: [],
    except: [],
    load: [],
    lookAgainAfterMs: 0,
    ...options,
  });
}

describe("what the first line starts", () => {
  it.each<[line: string, start: readonly [string, string, readonly string[]]]>([
    ["#!/usr/bin/perl", ["perl", "/usr/bin/perl", []]],
    ["#! /opt/omd/perl5.36.0", ["perl", "/opt/omd/perl5.36.0", []]],
    ["#!/usr/bin/perl -w -T ", ["perl", "/usr/bin/perl", ["-w -T"]]],
    ["#!/usr/bin/perl\t-wCSD", ["perl", "/usr/bin/perl", ["-wCSD"]]],
    ["#!/usr/bin/perl -I/opt/lib -MFoo", ["perl", "/usr/bin/perl", ["-I/opt/lib -MFoo"]]],
    ["#!/usr/bin/python3", ["python", "/usr/bin/python3", []]],
    ["#!/opt/venv/bin/python -u", ["python", "/opt/venv/bin/python", ["-u"]]],
    ["#!/usr/bin/python3.11 -Wignore", ["python", "/usr/bin/python3.11", ["-Wignore"]]],
  ])("%s", (line, [language, interpreter, switches]) => {
    install(`${line}\n`);
    const version = expect.any(String);
    const why = language === "perl" ? "use_embedded_perl_implicitly is on" : "warm_python is implicitly";
    expect(finder()(file)).toEqual({ language, interpreter, switches, file, version, load: [], why });
  });

  it("says why it is kept warm", () => {
    install("#!/usr/bin/perl\n# nagios: +epn\n");
    expect(finder()(file)?.why).toBe("a comment in it asks for that");
    expect(finder({ include: ["check_x"] })(file)?.why).toBe("warm_include names it");
  });

  it.each([
    ["#!/bin/sh"],
    ["#!/usr/bin/python2"],
    ["#!/usr/bin/perldoc"],
    ["#!/usr/bin/perl\r"],
    ["#!perl"],
    ["#!/usr/bin/perl -n"],
    ["#!/usr/bin/perl -wnl"],
    ["#!/usr/bin/perl -x"],
    ["#!/usr/bin/perl script"],
    ["#!/usr/bin/python3 -i"],
    ["#!/usr/bin/python3 -m json"],
    [`#!/usr/bin/perl -I${"x".repeat(300)}`],
    ["#!"],
    [" #!/usr/bin/perl"],
    ["\x7fELF"],
    [""],
  ])("%j is not for a template", (line) => {
    install(`${line}\n`);
    expect(finder()(file)).toBeUndefined();
  });

  it("with env, the first executable file in PATH", () => {
    for (const [name, mode] of [
      ["a", 0o644],
      ["b", 0o755],
      ["c", 0o755],
    ] as const) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, "perl"), "", { mode });
    }
    const path = ["absent", "a", "b", "c"].map((name) => join(directory, name)).join(":");
    const interpreter = join(directory, "b", "perl");
    install("#!/usr/bin/env perl\n");
    expect(finder({ path })(file)).toMatchObject({ interpreter, switches: [] });
    install("#!/usr/bin/env -S perl -w -T\n");
    expect(finder({ path })(file)).toMatchObject({ interpreter, switches: ["-w", "-T"] });
    install("#!/usr/bin/env perl -w\n");
    expect(finder({ path })(file)).toBeUndefined();
    expect(finder()(file)).toBeUndefined();
  });
});

const PERL = "#!/usr/bin/perl\n";
const PYTHON = "#!/usr/bin/python3\n";
const LINES = "\n".repeat(8);

describe("the mark of a plugin", () => {
  it.each<[contents: string, implicitly: boolean, marked: boolean]>([
    [PERL, true, false],
    [`${PERL}# nagios: +epn\n`, true, true],
    [`${PERL}# naemon: +epn\n`, true, true],
    [`${PERL}use strict; # icinga: other, +epn \r\n`, true, true],
    [`${PERL}# nagios: -epn\n`, false, false],
    [`${PERL}# icinga: -epn\n`, false, false],
    [`${PERL}# nagios: epn\n`, true, false],
    [`${PERL}#nagios: -epn\n`, true, false],
    [`${PERL}${LINES}# nagios: -epn\n`, false, false],
    [`${PERL}\n${LINES}# nagios: -epn\n`, true, false],
    [`${PERL}# nagios: +epn\n# omd-worker: -warm\n`, false, false],
    [`${PERL}# omd-worker: warm\n`, true, false],
    [PYTHON, true, false],
    [`${PYTHON}# omd-worker: warm\n`, true, true],
    [`${PYTHON}  #omd-worker:warm\n`, true, true],
    [`${PYTHON}# omd-worker: -warm\n`, false, false],
    [`${PYTHON}# omd-worker: warmer\n`, true, false],
    [`${PYTHON}# nagios: -epn\n`, true, false],
    [`${PYTHON}\n${LINES}# omd-worker: warm\n`, true, false],
  ])("%j", (contents, implicitly, marked) => {
    install(contents);
    const isWarm = (rule: WarmPluginOptions["perl"]) =>
      finder({ perl: rule, python: rule })(file) !== undefined;
    expect([isWarm("implicitly"), isWarm("marked"), isWarm("off")]).toEqual([implicitly, marked, false]);
  });

  it("follows the rule of its language", () => {
    install(PERL);
    expect(finder({ perl: "off" })(file)).toBeUndefined();
    expect(finder({ python: "off" })(file)).toMatchObject({ language: "perl" });
    install(PYTHON);
    expect(finder({ python: "off" })(file)).toBeUndefined();
    expect(finder({ perl: "off" })(file)).toMatchObject({ language: "python" });
  });

  it("is not used if the operator excepts the plugin", () => {
    install(`${PERL}# nagios: +epn\n`);
    expect(finder({ except: ["check_x"] })(file)).toBeUndefined();
    expect(finder({ except: [file] })(file)).toBeUndefined();
    expect(finder({ except: ["check", "/other/check_x"] })(file)).toBeDefined();
  });
});

describe("a plugin that the operator has included", () => {
  it.each<[contents: string, rule: WarmPluginOptions["perl"], isWarm: boolean]>([
    [`${PERL}# nagios: -epn\n`, "marked", true],
    [`${PERL}# nagios: -epn\n`, "implicitly", true],
    [`${PERL}# nagios: -epn\n`, "off", false],
    [PERL, "marked", true],
    [`${PYTHON}# omd-worker: -warm\n`, "marked", true],
    ["#!/bin/sh\n", "implicitly", false],
  ])("%j, %s: %s", (contents, rule, isWarm) => {
    install(contents);
    const find = finder({ perl: rule, python: rule, include: ["check_x"] });
    expect(find(file) !== undefined).toBe(isWarm);
  });

  it.each([
    ["check_x", true],
    ["check_*", true],
    ["*", true],
    ["check", false],
    ["check_.", false],
    ["DIRECTORY/check_x", true],
    ["DIRECTORY/*", true],
    ["*/check_x", false],
  ])("by the name %s: %s", (name, isWarm) => {
    install(`${PERL}# nagios: -epn\n`);
    const include = [name.replace("DIRECTORY", directory)];
    expect(finder({ include })(file) !== undefined).toBe(isWarm);
    install(PERL);
    expect(finder({ except: include })(file) === undefined, "except").toBe(isWarm);
  });

  it("is not warm if it is excepted, too", () => {
    install(`${PERL}# nagios: -epn\n`);
    expect(finder({ include: ["*"], except: ["check_x"] })(file)).toBeUndefined();
  });
});

describe("the file", () => {
  it("has another version when it has changed", () => {
    install(PERL);
    const find = finder();
    const first = find(file);
    expect(find(file)).toBe(first);
    install(`${PERL}#`);
    const second = find(file);
    expect(second?.version).not.toBe(first?.version);
    const { atime, mtime } = statSync(file);
    install(`${PERL}+`);
    utimesSync(file, atime, mtime);
    expect(find(file)?.version).not.toBe(second?.version);
    install("#!/bin/sh\n");
    expect(find(file)).toBeUndefined();
    rmSync(file);
    expect(find(file)).toBeUndefined();
    install(PYTHON);
    expect(find(file)).toMatchObject({ language: "python" });
  });

  it("must be executable", () => {
    install(PERL, 0o644);
    expect(finder()(file)).toBeUndefined();
    expect(finder()(directory)).toBeUndefined();
    expect(finder()(join(file, "below"))).toBeUndefined();
  });

  it("is named in bytes, even if it is a link", () => {
    install(PERL);
    const odd = join(directory, "\xff\xc4");
    symlinkSync(file, Buffer.from(odd, "latin1"));
    expect(finder()(odd)).toMatchObject({ file: odd });
  });
});

it("a file is not looked at again for a while", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const find = finder({ lookAgainAfterMs: 1000 });
    install("#!/usr/bin/perl\n");
    const before = find(file);
    install("#!/usr/bin/perl -w\n");
    vi.advanceTimersByTime(999);
    expect(find(file)).toBe(before);
    vi.advanceTimersByTime(1);
    expect(find(file)).toMatchObject({ switches: ["-w"] });
  } finally {
    vi.useRealTimers();
  }
});

describe("modules that are loaded ahead", () => {
  const load = [
    { plugin: "check_x", modules: ["Data::Dumper", "Getopt::Long"] },
    { plugin: "*/check_?", modules: ["Never"] },
    { plugin: "check_*", modules: ["Getopt::Long", "Cwd"] },
    { plugin: "check_y", modules: ["Storable"] },
  ];

  it.each<[what: string, lines: readonly string[], modules: readonly string[]]>([
    ["no mark", [], ["Data::Dumper", "Getopt::Long", "Cwd"]],
    [
      "a mark",
      ["# omd-worker: load=POSIX,Time::Local + Cwd"],
      ["Data::Dumper", "Getopt::Long", "Cwd", "POSIX", "Time::Local"],
    ],
    [
      "two marks",
      ["# omd-worker: warm", "  #omd-worker: load = POSIX\r", "# omd-worker: load=B"],
      ["Data::Dumper", "Getopt::Long", "Cwd", "POSIX", "B"],
    ],
    [
      "a mark in the eleventh line",
      [..."#".repeat(9), "# omd-worker: load=B"],
      ["Data::Dumper", "Getopt::Long", "Cwd"],
    ],
    ["no mark but a text", ["print '# omd-worker: load=B'"], ["Data::Dumper", "Getopt::Long", "Cwd"]],
  ])("%s", (_, lines, modules) => {
    install(["#!/usr/bin/perl", ...lines, ""].join("\n"));
    expect(finder({ load })(file)?.load).toEqual(modules);
  });

  it("a mark does not make a plugin warm", () => {
    install("#!/usr/bin/perl\n# omd-worker: load=B\n");
    expect(finder({ perl: "marked" })(file)).toBeUndefined();
  });
});
