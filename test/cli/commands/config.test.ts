import { describe, expect, it } from "vitest";
import { MARKDOWN, SAMPLE } from "../../config/rendered.ts";
import { run as runNamed } from "../io.ts";

const GOOD = "test/fixtures/config/good";
const BAD = "test/fixtures/config/bad";

describe("omd-worker config check", () => {
  it("says ok and exits 0", async () => {
    const files = [`${GOOD}/c-worker.conf`, `${GOOD}/go-worker.conf`];
    expect(await run("check", ...files)).toEqual({
      code: 0,
      stdout: files.map((file) => `${file}: ok\n`).join(""),
      stderr: "",
    });
  });

  it("says what is wrong, goes on with the next file and exits 1", async () => {
    const { code, stdout } = await run("check", `${BAD}/many-problems.conf`, `${GOOD}/c-worker.conf`);
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      `${BAD}/many-problems.conf:1: encryption: 'perhaps' is neither yes nor no (write yes or no)`,
      `${BAD}/many-problems.conf:2: warning: unknown option 'maxworker' (did you mean max-worker?)`,
      `${BAD}/many-problems.conf:3: warning: max-worker: 'lots' is no whole number, using 1`,
      `${BAD}/many-problems.conf: no encryption key provided, please use --key=... or keyfile=... or disable encryption`,
      `${BAD}/many-problems.conf: please specify at least one server (server=localhost:4730)`,
      `${BAD}/many-problems.conf: starting worker without any queues is useless (services=yes)`,
      `${GOOD}/c-worker.conf: ok`,
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

describe("omd-worker config show", () => {
  it("prints values, origins and what has no effect", async () => {
    const { code, stdout, stderr } = await run("show", `--config=${GOOD}/c-worker.conf`, "foo=1");
    expect(code).toBe(0);
    expect(stderr).toBe("command line: warning: unknown option 'foo'\n");
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

  it.each([
    [[]],
    [["chekc"]],
    [["check"]],
    [["check", "--help"]],
    [["check", "--config=/w.conf"]],
    [["show", "--help"]],
  ])("%j shows the usage and exits 2", async (argv) => {
    const { code, stdout, stderr } = await run(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("omd-worker config check FILE...");
  });
});

async function run(...argv: readonly string[]) {
  const said = await runNamed("config", argv);
  return { ...said, stdout: Buffer.from(said.stdout, "latin1").toString() };
}
