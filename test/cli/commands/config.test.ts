import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MARKDOWN, SAMPLE } from "../../config/rendered.ts";
import { createFolder } from "../../support/folder.ts";
import { run as runNamed } from "../io.ts";

const GOOD = "test/fixtures/config/good";
const BAD = "test/fixtures/config/bad";
const GOOD_TEXT = "server=localhost\nkey=a_key_of_this_test\n";

describe("omd-worker config check", () => {
  it("says ok and exits 0", async () => {
    using folder = createFolder();
    const files = ["one", "two"].map((name) => join(folder.path, name));
    for (const file of files) writeFileSync(file, GOOD_TEXT);
    expect(await run("check", ...files)).toEqual({
      code: 0,
      stdout: files.map((file) => `${file}: ok\n`).join(""),
      stderr: "",
    });
  });

  it("says what is wrong, goes on with the next file and exits 1", async () => {
    using folder = createFolder();
    const good = join(folder.path, "good.conf");
    writeFileSync(good, GOOD_TEXT);
    const { code, stdout } = await run("check", `${BAD}/many-problems.conf`, good);
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      `${BAD}/many-problems.conf:1: encryption: 'perhaps' is neither yes nor no (write yes or no)`,
      `${BAD}/many-problems.conf:2: warning: unknown option 'maxworker' (did you mean max-worker?)`,
      `${BAD}/many-problems.conf:3: warning: max-worker: 'lots' is no whole number, ignored`,
      `${BAD}/many-problems.conf: please specify at least one server (server=localhost:4730)`,
      `${BAD}/many-problems.conf: starting worker without any queues is useless (services=yes)`,
      `${good}: ok`,
      "",
    ]);
  });

  it("names a file that is not there by its own name", async () => {
    expect(await run("check", "/gone")).toEqual({
      code: 1,
      stdout: "/gone: could not open file: /gone: no such file or directory\n",
      stderr: "",
    });
  });
});

/** Each of these was ok. */
describe("omd-worker config check says what the worker would do wrong here", () => {
  const check = async (text: string, make: (folder: string) => void = () => {}) => {
    using folder = createFolder();
    make(folder.path);
    const file = join(folder.path, "w.conf");
    writeFileSync(file, `server=a\nkey=a_key_of_this_test\n${text.replaceAll("FOLDER", folder.path)}\n`);
    const { code, stdout } = await run("check", file);
    return { code, stdout: stdout.replaceAll(file, "FILE").replaceAll(folder.path, "FOLDER").split("\n") };
  };

  it.each<[what: string, text: string, says: string]>([
    [
      "a misspelt check that should not answer",
      "native_checks_except=check_tpc",
      "native_checks_except names check_tpc, and no native check is called so (did you mean check_tcp?)",
    ],
    [
      "a check that alone should answer, and does not exist",
      "native_checks_only=check_tcp,frobnicate",
      "native_checks_only names frobnicate, and no native check is called so (see: omd-worker plugin list)",
    ],
    [
      "no encryption",
      "encryption=no",
      "without encryption and TLS to a:4730, whoever reaches gearmand or the network before it can run commands here (encryption=yes)",
    ],
    [
      "a page for everybody",
      "status_page=on\nprometheus_server=0.0.0.0:9050",
      "status_page=on shows names of hosts and services, the configuration and the log to whoever reaches prometheus_server (set status_page_auth, or status_page=auto)",
    ],
    ["quotes", 'identifier="a"', "the quotes belong to the value of identifier (leave them out)"],
  ])("%s is a warning", async (_, text, says) => {
    expect(await check(text)).toEqual({
      code: 0,
      stdout: [`FILE:3: warning: ${says}`, "FILE: ok, with 1 warning", ""],
    });
  });

  it("the key of the sample file, and that it is given twice", async () => {
    const { code, stdout } = await check("key=should_be_changed");
    expect(code).toBe(0);
    expect(stdout.join("\n")).toContain("key was given before in line 2, this line counts");
    expect(stdout.join("\n")).toContain("this is the key of the sample file, which everybody knows");
    expect(stdout).toContain("FILE: ok, with 2 warnings");
  });

  it.each([
    ["logfile=FOLDER/gone/w.log", "logfile: FOLDER/gone/w.log cannot be written: no such file or directory"],
    ["logfile=FOLDER", "logfile: FOLDER cannot be written: it is a folder"],
    ["pidfile=FOLDER/gone/w.pid", "pidfile: FOLDER/gone/w.pid cannot be written: no such file or directory"],
    [
      "native_checks=shadow\nshadow_file=FOLDER/gone/s",
      "shadow_file: FOLDER/gone/s cannot be written: no such file or directory",
    ],
  ])("%s is an error", async (text, says) => {
    const { code, stdout } = await check(text);
    expect(code).toBe(1);
    expect(stdout).toEqual([expect.stringContaining(`: ${says} (try it as the worker's user)`), ""]);
  });

  it("files that are not used are not looked at", async () => {
    const { stdout } = await check("logmode=stdout\nlogfile=FOLDER/gone/w.log\nshadow_file=FOLDER/gone/s");
    expect(stdout).toEqual(["FILE: ok", ""]);
  });

  it("a check of the site that cannot be loaded", async () => {
    const { code, stdout } = await check("plugin_path=FOLDER", (folder) =>
      writeFileSync(join(folder, "check_own.ts"), "export const = ;\n"),
    );
    expect(code).toBe(1);
    expect(stdout[0]).toContain("refused FOLDER/check_own.ts");
  });

  it.runIf(process.geteuid?.() === 0)("checks that others can change, and root runs", async () => {
    const { code, stdout } = await check("plugin_path=FOLDER", (folder) => {
      writeFileSync(join(folder, "helper.ts"), "");
      chmodSync(join(folder, "helper.ts"), 0o666);
    });
    expect(code).toBe(0);
    expect(stdout[0]).toBe(
      "FILE:3: warning: FOLDER/helper.ts can be changed by other users, and root runs what is in it (chown root, chmod go-w)",
    );
  });
});

describe("omd-worker config check without a file", () => {
  const ENV = { OMD_WORKER_SERVER: "localhost", OMD_WORKER_KEY: "a_key_of_this_test" };

  it("checks what the environment says", async () => {
    expect(await runNamed("config", ["check"], ENV)).toEqual({
      code: 0,
      stdout: "the environment: ok\n",
      stderr: "",
    });
    const env = { ...ENV, OMD_WORKER_HOSTGROUP5: "a", OMD_WORKER_ENCRYPTION: "perhaps" };
    expect(await runNamed("config", ["check"], env)).toEqual({
      code: 1,
      stdout:
        "OMD_WORKER_HOSTGROUP5: warning: there is no option hostgroup5 (did you mean OMD_WORKER_HOSTGROUPS?)\n" +
        "OMD_WORKER_ENCRYPTION: encryption: 'perhaps' is neither yes nor no (write yes or no)\n",
      stderr: "",
    });
  });

  it("names a fault of the whole by the environment", async () => {
    const { stdout } = await runNamed("config", ["check"], { OMD_WORKER_ENCRYPTION: "no" });
    expect(stdout).toBe("the environment: please specify at least one server (server=localhost:4730)\n");
  });

  it("and the environment together with a file", async () => {
    using folder = createFolder();
    const file = join(folder.path, "w.conf");
    writeFileSync(file, "max-worker=2\n");
    expect(await runNamed("config", ["check", file], ENV)).toMatchObject({ stdout: `${file}: ok\n` });
  });
});

describe("omd-worker config show", () => {
  it("names the variable a value comes from", async () => {
    const env = {
      OMD_WORKER_SERVER: "localhost",
      OMD_WORKER_KEY: "s3cr3t_key_of_test",
      OMD_WORKER_DEBUG: "2",
    };
    const { stdout } = await runNamed("config", ["show"], env);
    expect(stdout).toContain(`${"key=****".padEnd(40)} # OMD_WORKER_KEY\n`);
    expect(stdout).toContain(`${"debug=2".padEnd(40)} # OMD_WORKER_DEBUG\n`);
  });

  it("prints values, origins and what has no effect", async () => {
    const { code, stdout, stderr } = await run("show", `--config=${GOOD}/c-worker.conf`, "foo=1");
    expect(code).toBe(0);
    expect(stderr.replace(/^.*c-worker\.conf:22: warning: key: this is the key of the sample.*\n/m, "")).toBe(
      "command line: warning: unknown option 'foo'\n",
    );
    expect(stdout).toContain(`max-worker=50                            # ${GOOD}/c-worker.conf:27\n`);
    expect(stdout).toContain(
      "# fork_on_exec has no effect here: plugins always run in processes of their own\n",
    );
    expect(stdout).not.toContain("should_be_changed");
  });

  it("exits 1 when the configuration is wrong", async () => {
    const { code, stdout, stderr } = await run("show", "encryption=no");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("please specify at least one server (server=localhost:4730)\n");
  });
});

describe("omd-worker config", () => {
  it.each([
    ["sample", SAMPLE],
    ["docs", MARKDOWN],
  ])("%s prints it", async (command, stdout) => {
    expect(await run(command)).toEqual({ code: 0, stdout, stderr: "" });
  });

  it.each([[[]], [["chekc"]], [["check"]], [["check", "--config=/w.conf"]], [["show", "--version"]]])(
    "%j shows the usage and exits 3",
    async (argv) => {
      const { code, stdout, stderr } = await run(...argv);
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toContain("omd-worker config check [--alone] [FILE...]");
    },
  );
});

async function run(...argv: readonly string[]) {
  const said = await runNamed("config", argv);
  return { ...said, stdout: Buffer.from(said.stdout, "latin1").toString() };
}
