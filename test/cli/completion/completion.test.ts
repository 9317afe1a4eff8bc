import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { commandWords } from "../../../src/cli/commands.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { run } from "../io.ts";
import { type Complete, completeInBash, completeInFish, completeInZsh } from "./shells.ts";

const SHELLS: readonly (readonly ["bash" | "zsh" | "fish", Complete])[] = [
  ["bash", completeInBash],
  ["zsh", completeInZsh],
  ["fish", completeInFish],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "completion-"));
  writeFileSync(join(folder, "worker.conf"), "");
  mkdirSync(join(folder, "checks"));
});

/** What comes after `=`: bash replaces only that, zsh and fish offer the whole word, or the file's name. */
function values(offers: readonly string[]): readonly string[] {
  return offers.map((offer) => offer.replace(/^--[\w-]+=/, "").replace(/^.*\/(?=.)/, ""));
}

describe.each(SHELLS.filter(([name]) => hasServer(name)))("%s completes", (_, ask) => {
  /** zsh puts in `=` itself, fish for tools a blank, which they take, too. */
  const complete: Complete = async (line) => (await ask(line)).map((offer) => offer.replace(/=$/, ""));

  it("commands", async () => {
    expect(await complete("omd-worker con")).toEqual(["config"]);
    const all = await complete("omd-worker ");
    expect(commandWords().filter((word) => !all.includes(word))).toEqual([]);
    expect(await complete("mod_gearman_worker dra")).toEqual(["drain"]);
  });

  it("words of commands", async () => {
    expect(await complete("omd-worker config ")).toEqual(["check", "docs", "sample", "show"]);
    expect(await complete("omd-worker log-level d")).toEqual(["debug"]);
    expect(await complete("omd-worker completion z")).toEqual(["zsh"]);
  });

  it.each([
    "omd-worker --max-w",
    "omd-worker run --max-w",
    "mod_gearman_worker --max-w",
    "omd-worker doctor --max-w",
    "omd-worker config show --max-w",
    "omd-worker log-level debug --max-w",
    "omd-worker testcmd --max-w",
  ])("options of worker.conf after %s", async (line) => {
    expect(await complete(line)).toEqual(["--max-worker"]);
  });

  it("no options of worker.conf where they are not taken", async () => {
    expect(await complete("omd-worker config check --max-w")).toEqual([]);
    expect(await complete("omd-worker demo --max-w")).toEqual([]);
  });

  it("options of commands and tools", async () => {
    expect(await complete("omd-worker doctor --js")).toEqual(["--json"]);
    expect(await complete("omd-worker check --expl")).toEqual(["--explain"]);
    expect(await complete("omd-worker link-names --f")).toEqual(["--force"]);
    expect(await complete("omd-worker run-and-send --sp")).toEqual(["--spool"]);
    expect(await complete("send_gearman --del")).toEqual(["--delimiter"]);
    expect(await complete("check_gearman --excl")).toEqual(["--exclude-queue"]);
    expect(await complete("gearman_top -")).toContain("-b");
  });

  it("values of options", async () => {
    expect(values(await complete("omd-worker --daemon="))).toEqual(["no", "yes"]);
    expect(values(await complete("omd-worker --native_checks=sh"))).toEqual(["shadow"]);
    const listed = await complete("omd-worker --native_checks_only=check_mysql_q");
    expect(values(listed)).toEqual(["check_mysql_query"]);
    expect(values(await complete("omd-worker run-and-send --exit_code="))).toEqual(["command", "delivered"]);
    expect(values(await complete(`omd-worker status --config=${folder}/wor`))).toEqual(["worker.conf"]);
    expect(values(await complete(`send_gearman --keyfile=${folder}/wor`))).toEqual(["worker.conf"]);
  });

  it("files where files are named", async () => {
    expect(values(await complete(`omd-worker config check ${folder}/wor`))).toEqual(["worker.conf"]);
    expect(values(await complete(`omd-worker survey ${folder}/wor`))).toEqual(["worker.conf"]);
    const folders = values(await complete(`omd-worker link-names ${folder}/`));
    expect(folders.map((name) => name.replace("/", ""))).toEqual(["checks"]);
  });

  it("the names of checks, and commands after --", async () => {
    expect(await complete("omd-worker check check_mysql_q")).toEqual(["check_mysql_query"]);
    expect(await complete("omd-worker run-and-send --host=a -- mkfif")).toContain("mkfifo");
  });
});

it.skipIf(!hasServer("fish"))("fish offers the worker's options with the = that they need", async () => {
  expect(await completeInFish("omd-worker --max-w")).toEqual(["--max-worker="]);
  expect(await completeInFish("omd-worker survey --ht")).toEqual(["--html="]);
});

describe.skipIf(!hasServer("bash"))("bash", () => {
  it("reads keys in every spelling, as the worker does", async () => {
    for (const key of ["daemon", "-daemon", "--DAEMON", "--native-checks", "native_checks"])
      expect(await completeInBash(`omd-worker ${key}=`)).not.toEqual([]);
    expect(await completeInBash("omd-worker --max-worker=")).toEqual([]);
    expect(await completeInBash("omd-worker --no-such-option=")).toEqual([]);
  });

  it.skipIf(!hasServer("script"))("puts in what was begun, where somebody types", async () => {
    const lines = [
      "source completions/omd-worker.bash",
      "omd-worker() { printf '<%s>' \"$@\"; echo; }",
      "omd-worker log-lev\tde\t",
      "omd-worker doctor --control_so\tn\t",
      "exit",
    ];
    const { stdout } = await execa({
      input: `${lines.join("\n")}\n`,
      env: { TERM: "dumb", PS1: "$ " },
    })`script -qec ${"bash --norc --noprofile -i"} /dev/null`;
    expect(stdout).toContain("<log-level><debug>");
    expect(stdout).toContain("<doctor><--control_socket=no>");
  });
});

it.each(["bash", "zsh", "fish"])("omd-worker completion %s prints the file of the package", async (shell) => {
  const { code, stdout } = await run("completion", [shell]);
  expect(code).toBe(0);
  expect(Buffer.from(stdout, "latin1").toString()).toContain(`for ${shell}.\n`);
});

it.each([[[]], [["tcsh"]], [["bash", "x"]]])("omd-worker completion %j explains itself", async (argv) => {
  const { code, stderr } = await run("completion", argv);
  expect(code).toBe(3);
  expect(stderr).toContain("usage: omd-worker completion bash|zsh|fish");
});
