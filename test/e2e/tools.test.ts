import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";
import { startGearmand } from "../support/gearman/gearmand.ts";
import { createPki, TLS_SERVERS } from "../support/gearman/tls-gearmand.ts";
import { hasServer } from "../support/servers/installed.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");
const TOOLS = ["send_gearman", "send_multi", "check_gearman", "gearman_top"];

/** Links by the tools' names, as omd-worker link-names makes them. */
let links: string;
beforeAll(() => {
  links = mkdtempSync(join(tmpdir(), "tools-"));
  for (const name of TOOLS) symlinkSync(PROGRAM, join(links, name));
});

async function tool(name: string, argv: readonly string[], input = "") {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(links, name), ...argv], {
    reject: false,
    input,
  });
  return { exitCode, stdout, stderr };
}

describe.each(TOOLS)("%s", (name) => {
  it("is installed, and tells its version and its options", async () => {
    expect((await tool(name, ["-V"])).stdout).toMatch(new RegExp(`^${name}: version \\d`));
    const { stdout } = await tool(name, ["--help"]);
    expect(stdout).toMatch(/^usage: [\s\S]*Examples:[\s\S]*Exit codes:\n/);
  });
});

describe.skipIf(!hasServer("gearmand"))("the tools on a gearmand", () => {
  it("send, show and check", async () => {
    const gearmand = await startGearmand();
    const host = `127.0.0.1:${gearmand.port}`;
    const lines = "web1\tHTTP\t0\tOK\nweb2\t1\tslow";
    const sent = await tool("send_gearman", [`--server=${host}`, "--key=only for tests"], lines);
    expect(sent).toEqual({ exitCode: 0, stdout: "2 data packet(s) sent to host successfully.", stderr: "" });
    const child =
      "<CHILD><no>1</no><name>s</name><rc>1</rc><runtime>1</runtime><output>o</output><error></error></CHILD>";
    const multi = await tool("send_multi", [`--server=${host}`, "--host=h"], child);
    expect(multi).toMatchObject({
      exitCode: 0,
      stdout: "send_multi OK: 1 check_multi child check submitted",
    });
    const shown = await tool("gearman_top", ["-b", "-H", host]);
    expect(shown.stdout).toContain(" check_results |               0  |           3  |           0 \n");
    const checked = await tool("check_gearman", ["-H", host]);
    expect(checked.exitCode).toBe(2);
    expect(checked.stdout).toContain("CRITICAL - Queue check_results has 3 jobs without any worker. |");
    await gearmand.stop();
  });

  it("say what is wrong with TLS", async () => {
    using pki = createPki();
    const ca = ["--tls", "--tls-ca-file", pki.file("server.crt")];
    const checked = await tool("check_gearman", ["-H", "localhost", "--tls-key", "/k", ...ca]);
    expect(checked.stdout).toContain("check_gearman UNKNOWN - tls_key needs its certificate");
    expect(checked.exitCode).toBe(3);
    const sent = await tool("send_gearman", ["--server=tls://a", "--host=h", "-m=x"]);
    expect(sent).toMatchObject({ exitCode: 3, stdout: expect.stringContaining("TLS needs tls_ca_file") });
  });

  it.each([
    ["send_gearman", ["--host=h", "-m=x"], 3],
    ["send_multi", ["--host=h"], 3],
  ])("%s ends with %j when no server is there", async (name, argv, code) => {
    const said = await tool(
      name,
      [`--server=127.0.0.1:${await freePort()}`, ...argv],
      "<CHILD><no>1</no></CHILD>",
    );
    expect(said.exitCode).toBe(code);
  });
});

describe.each(TLS_SERVERS)("the tools on $name", ({ isThere, start }) => {
  it.skipIf(!isThere)("send, show and check, with a client certificate", async () => {
    using pki = createPki();
    await using server = await start(pki);
    const host = `127.0.0.1:${server.port}`;
    const files = ["ca-file=server.crt", "certificate=client.crt", "key=client.key"].map((each) => {
      const [name = "", file = ""] = each.split("=");
      return [`--tls-${name}`, pki.file(file)] as const;
    });
    const joined = ["--tls", ...files.map((each) => each.join("="))];
    const child =
      "<CHILD><no>1</no><name>s</name><rc>1</rc><runtime>1</runtime><output>o</output><error></error></CHILD>";
    const sent = await tool("send_gearman", [`--server=${host}`, "--host=h", "-m=x", ...joined]);
    expect(sent).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect((await tool("send_multi", [`--server=${host}`, "--host=h", ...joined], child)).exitCode).toBe(0);
    const run = ["run-and-send", `--server=tls://${host}`, "--encryption=no", "--host=h", ...joined.slice(1)];
    const ran = await execa(process.execPath, [PROGRAM, ...run, "--", "/bin/true"], { reject: false });
    expect(ran.exitCode).toBe(0);
    const shown = await tool("gearman_top", ["-b", "-H", host, "--tls", ...files.flat()]);
    expect(shown.stdout).toContain(" check_results |               0  |           3  |           0 \n");
    const checked = await tool("check_gearman", ["-H", `tls://${host}`, ...files.flat()]);
    expect(checked.stdout).toContain("CRITICAL - Queue check_results has 3 jobs without any worker. |");
  });
});
