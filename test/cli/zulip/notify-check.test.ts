import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCheck } from "../../../sdk/testing.ts";
import { toByteString } from "../../../src/byte-string.ts";
import { NOTIFY_CHECK } from "../../../src/cli/zulip/notify-check.ts";
import { createIdentification } from "../../../src/run/routing/identity.ts";
import { createFolder } from "../../support/folder.ts";
import { checkLeaks } from "../../support/leaks.ts";

checkLeaks();

const PROGRAM = join(import.meta.dirname, "../../../src/cli/omd-worker.ts");

let folder: ReturnType<typeof createFolder>;
let conf: string;
beforeEach(() => {
  folder = createFolder();
  conf = join(folder.path, "zulip.conf");
  writeFileSync(conf, `spool=${join(folder.path, "spool")}\n`);
});
afterEach(() => {
  folder[Symbol.dispose]();
  vi.unstubAllEnvs();
});

const wordsOf = (...words: readonly string[]) =>
  ["notify", "zulip", `--config=${conf}`, ...words].map(toByteString);
const entries = () => readdirSync(join(folder.path, "spool")).filter((name) => name.endsWith(".entry"));

describe("a notification that the worker has as a job", () => {
  it("is kept for the notifier, with every character", async () => {
    const words = wordsOf("NOTIFICATIONTYPE=PROBLEM", "HOSTNAME=büro-1", "HOSTOUTPUT=größer 日本");
    expect(await runCheck(NOTIFY_CHECK, words)).toMatchObject({ returnCode: 0, output: "", stderr: "" });
    const [entry = ""] = entries();
    const text = readFileSync(join(folder.path, "spool", entry), "utf8");
    expect(text).toContain("büro-1");
    expect(text).toContain("größer 日本");
  });

  it("finds the file of the options by the environment, as the program does", async () => {
    vi.stubEnv("OMD_ZULIP_CONFIG", conf);
    await runCheck(NOTIFY_CHECK, ["notify", "zulip", "HOSTNAME=web1", "HOSTSTATE=DOWN"]);
    expect(entries()).toHaveLength(1);
  });

  it("that names no host is lost, which is said", async () => {
    expect(await runCheck(NOTIFY_CHECK, wordsOf("SERVICEDESC=http"))).toMatchObject({
      returnCode: 2,
      stderr: expect.stringMatching(/^the notification is not kept: no host is named/),
    });
  });

  it("whose file of options is missing is not kept, which is said", async () => {
    const words = ["notify", "zulip", "--config=/nowhere/zulip.conf", "HOSTNAME=a"];
    expect(await runCheck(NOTIFY_CHECK, words)).toMatchObject({
      returnCode: 3,
      stderr: expect.stringContaining("/nowhere/zulip.conf"),
    });
  });
});

it.each<[string, readonly string[]]>([
  ["a notification to be sent at once", ["notify", "zulip", "--now", "HOSTNAME=a"]],
  ["one for another messenger", ["notify", "mail", "HOSTNAME=a"]],
  ["another command", ["check", "check_dummy", "0"]],
  ["no command", []],
])("%s is left to the program", (_, words) => {
  expect(NOTIFY_CHECK.understand(words)).toBeUndefined();
});

describe("the program that is named", () => {
  /** A program in a folder of its own, as if it were this one. */
  function install() {
    const home = join(folder.path, "home");
    const file = join(home, "omd-worker.js");
    mkdirSync(home);
    writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
    const suite = { suite: "omd-worker", versions: [], folder: home };
    return { file, check: { ...NOTIFY_CHECK, replaces: suite } };
  }
  const identify = () => createIdentification({ searchPath: join(folder.path, "bin") });

  it("lies where this one's file does", () => {
    expect(NOTIFY_CHECK.replaces?.folder).toBe(dirname(PROGRAM));
  });

  it.each(["a path", "a link", "a name in PATH"])("is this one, by %s", (how) => {
    const { file, check } = install();
    mkdirSync(join(folder.path, "bin"));
    const link = join(folder.path, "bin", "omd-worker");
    symlinkSync(file, link);
    const named = how === "a path" ? file : how === "a link" ? link : "omd-worker";
    expect(identify()(toByteString(named), check)).toEqual({
      kind: "replaced",
      why: "the file named is this omd-worker",
    });
  });

  it("is another installation, which is executed", () => {
    const { check } = install();
    const other = join(folder.path, "omd-worker");
    writeFileSync(other, "#!/bin/sh\n", { mode: 0o755 });
    expect(identify()(toByteString(other), check)).toEqual({
      kind: "foreign",
      why: "the file named is not of this installation of omd-worker",
    });
  });

  it("is not there, so the worker answers", () => {
    expect(identify()("/nowhere/omd-worker", NOTIFY_CHECK).kind).toBe("absent");
  });
});
