import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEnvelope } from "../../../src/payload/crypt.ts";
import { keyFromPassword } from "../../../src/payload/key.ts";
import { readLines } from "../../../src/payload/lines.ts";
import { createFolder } from "../../support/folder.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors } from "../../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../../support/gearman/gearmand.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { run } from "../io.ts";

const KEY = "only for tests";
const ENVELOPE = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(KEY)) });
const PROGRAM = join(import.meta.dirname, "../../../src/cli/omd-worker.ts");
const PATH = { PATH: process.env["PATH"] ?? "" };

describe.skipIf(!hasServer("gearmand"))("run-and-send on a gearmand", () => {
  const actors = new Actors();
  let gearmand: Gearmand;
  let options: readonly string[];
  beforeEach(async () => {
    gearmand = await startGearmand();
    const server = `--server=127.0.0.1:${gearmand.port}`;
    options = [server, `--key=${KEY}`, "--host=web1", "--service=e2e", "--identifier=pod"];
  });
  afterEach(async () => {
    await actors.stop();
    await gearmand.stop();
  });
  async function results(count: number) {
    const server = { host: "127.0.0.1", port: gearmand.port };
    const jobs = await actors.worker(server, ["check_results"]).jobs.take(count);
    return jobs.map((job) => {
      job.complete();
      const fields = readLines(ENVELOPE.open(job.workload));
      return { code: Number(fields.get("return_code")), output: fields.get("output") ?? "", fields };
    });
  }

  it.each<[string, readonly string[], number, number, string]>([
    ["states are passed on", ["echo 'WARNING - slow|t=1'; exit 1"], 1, 1, "WARNING - slow|t=1"],
    ["words are run as they are", ["printf", "%s", "a  b; c"], 0, 0, "a  b; c"],
    ["stderr stands in brackets", ["echo out; echo err >&2"], 0, 0, "out\\n[err]"],
    ["a code above 3", ["echo out; exit 7"], 7, 2, "CRITICAL: the command ended with code 7 (on pod)\\nout"],
    [
      "a signal",
      ["sh", "-c", "kill -TERM $$"],
      143,
      2,
      "CRITICAL: the command was ended by SIGTERM (on pod)",
    ],
    ["KILL", ["sh", "-c", "kill -KILL $$"], 137, 2, "CRITICAL: the command was ended by SIGKILL"],
    ["137, as a shell tells KILL", ["exit 137"], 137, 2, "CRITICAL: the command ended with code 137"],
    [
      "a command that is not there",
      ["/nowhere/x"],
      127,
      2,
      "CRITICAL: the command was not started: spawn /nowhere/x ENOENT (on pod)",
    ],
    [
      "a file that is no program",
      ["/etc/passwd"],
      126,
      2,
      "CRITICAL: the command was not started: spawn /etc/passwd EACCES (on pod)",
    ],
  ])("%s", async (_, command, code, state, output) => {
    expect((await run("run-and-send", [...options, "--", ...command], PATH)).code).toBe(code);
    const [result] = await results(1);
    expect(result).toMatchObject({ code: state, output: expect.stringContaining(output) });
    const { fields } = result ?? {};
    expect(fields?.get("type")).toBe("passive");
    expect([fields?.get("host_name"), fields?.get("service_description")]).toEqual(["web1", "e2e"]);
  });

  it("a time-out is told with what was printed, and ends the whole process group", async () => {
    const command = "echo begun; sleep 600 & sleep 600";
    const said = await run(
      "run-and-send",
      [...options, "--timeout=0.5", "--timeout_return=1", "--", command],
      PATH,
    );
    expect(said).toMatchObject({ code: 124, stdout: "begun\n" });
    const [result] = await results(1);
    const text = "WARNING: the command did not end within 0.5 seconds (on pod)\\nbegun";
    expect(result).toMatchObject({ code: 1, output: text });
  });

  it("all output is passed on, and what the result has is limited", async () => {
    const { stdout } = await run("run-and-send", [...options, "--max-output=10", "--", "seq 1 10"], PATH);
    expect(stdout).toBe("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
    const [result] = await results(1);
    expect(result?.output).toBe("1\\n2\\n3\\n4\\n5\\n\\n[cut: 10 of 21 bytes]");
  });

  it("everything can be set in the environment, the command line wins, and the command is not given the key", async () => {
    const env = {
      ...PATH,
      OMD_WORKER_SERVER: `127.0.0.1:${gearmand.port}`,
      OMD_WORKER_KEY: KEY,
      OMD_WORKER_HOST: "web2",
      OMD_WORKER_SERVICE: "other",
      OMD_WORKER_EXIT_CODE: "delivered",
    };
    const command = "echo key=$OMD_WORKER_KEY host=$OMD_WORKER_HOST; exit 2";
    expect(await run("run-and-send", ["--service=mine", "--", command], env)).toMatchObject({ code: 0 });
    const [result] = await results(1);
    expect(result).toMatchObject({ code: 2, output: "key= host=web2" });
    expect(result?.fields.get("service_description")).toBe("mine");
  });

  it("what no server has taken waits in the spool, and comes before the next result", async () => {
    using folder = createFolder();
    const spool = join(folder.path, "spool");
    const away = `127.0.0.1:${await freePort()}`;
    const offline = [`--server=${away}`, ...options.slice(1), "--retries=0", "--exit-code=delivered"];
    const lost = await run("run-and-send", [...offline, "--", "echo one"], PATH);
    expect(lost).toMatchObject({
      code: 3,
      stderr: `run-and-send: the result was not sent: ${away}: connect ECONNREFUSED ${away}\n`,
    });
    for (const word of ["one", "two"])
      expect(
        (await run("run-and-send", [...offline, `--spool=${spool}`, "--", "echo", word], PATH)).code,
      ).toBe(1);
    expect(readdirSync(spool)).toHaveLength(2);
    expect(statSync(spool).mode & 0o777).toBe(0o700);
    writeFileSync(join(spool, "README"), "not ours");
    expect(
      await run("run-and-send", [...options, `--spool=${spool}`, "--", "echo three"], PATH),
    ).toMatchObject({ code: 0, stderr: "" });
    expect((await results(3)).map(({ output }) => output)).toEqual(["one", "two", "three"]);
    expect(readdirSync(spool)).toEqual(["README"]);
  });

  it("TERM is passed on, and the result is sent", async () => {
    const command = "trap 'echo bye; exit 1' TERM; echo begun; sleep 60 & wait";
    const polite = execa(process.execPath, [PROGRAM, "run-and-send", ...options, "--", command], {
      reject: false,
    });
    polite.stdout?.once("data", () => polite.kill("SIGTERM"));
    expect(await polite).toMatchObject({ exitCode: 1, stdout: "begun\nbye" });
    const [result] = await results(1);
    expect(result).toMatchObject({ code: 1, output: "begun\\nbye" });
  });

  it("a command that TERM ends says nothing about what it was to test", async () => {
    const running = execa(
      process.execPath,
      [PROGRAM, "run-and-send", ...options, "--", "echo begun; exec sleep 60"],
      { reject: false },
    );
    running.stdout?.once("data", () => running.kill("SIGTERM"));
    expect((await running).exitCode).toBe(143);
    const [result] = await results(1);
    const text =
      "UNKNOWN: the command was ended by SIGTERM, as this pod or session was to end (on pod)\\nbegun";
    expect(result).toMatchObject({ code: 3, output: text });
  });
});

describe("run-and-send that cannot begin", () => {
  it.each<[string, readonly string[], number, RegExp]>([
    ["no key", ["--server=s", "--host=h", "--", "true"], 3, /^no encryption key provided, please use --key=/],
    ["no command", ["--server=s", "--host=h"], 3, /^there is no command: write it after --\nusage: /],
    [
      "no host",
      ["--server=s", "--encryption=no", "--", "true"],
      3,
      /^got no hostname, please use --host=\.\.\./,
    ],
    ["no server", ["--host=h", "--encryption=no", "--", "true"], 3, /^please specify at least one server/],
    [
      "help",
      ["--help"],
      0,
      /^usage: omd-worker run-and-send [\s\S]*Examples:[\s\S]*Exit codes:\n[\s\S]*--spool/,
    ],
  ])("%s", async (_, argv, expected, text) => {
    const { code, stdout, stderr } = await run("run-and-send", argv);
    expect([code, stdout + stderr]).toEqual([expected, expect.stringMatching(text)]);
  });
});
