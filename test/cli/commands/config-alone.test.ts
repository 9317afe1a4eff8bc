import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WORKER_TABLE } from "../../../src/cli/worker-conf.ts";
import { optionsOf } from "../../../src/config/table.ts";
import { createFolder } from "../../support/folder.ts";
import { run } from "../io.ts";

const START = "server=localhost\nservices=yes\nkeyfile=/gone/secret.key\n";

/** For a file that others wrote: it chooses nothing that is read or run. */
describe("omd-worker config check --alone", () => {
  let folder: ReturnType<typeof createFolder>;
  const at = (...names: readonly string[]) => join(folder.path, ...names);
  beforeEach(() => {
    folder = createFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  async function check(text: string, ...options: readonly string[]) {
    writeFileSync(at("w.conf"), text);
    const { code, stdout } = await run("config", ["check", ...options, at("w.conf")]);
    return { code, stdout: stdout.replaceAll(at("w.conf"), "FILE") };
  }
  const checkAlone = (text: string) => check(text, "--alone");

  it("runs no check of plugin_path, which check without it does", async () => {
    mkdirSync(at("checks"));
    const code = `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(at("was-run"))}, "");\n`;
    writeFileSync(at("checks", "check_own.mjs"), code);
    const text = `${START}plugin_path=${at("checks")}\nnative_checks_except=check_own\n`;
    expect(await checkAlone(text)).toEqual({ code: 0, stdout: "FILE: ok\n" });
    expect(existsSync(at("was-run"))).toBe(false);
    await check(text.replace(/^keyfile=.*$/m, "key=a_key_of_this_test"));
    expect(existsSync(at("was-run"))).toBe(true);
  });

  it.each(optionsOf(WORKER_TABLE.groups).map(({ name }) => name))(
    "says the same of %s whatever there is at a path",
    async (option) => {
      writeFileSync(at("file"), "a_secret_of_this_machine\n");
      mkdirSync(at("folder"));
      writeFileSync(at("folder", "some.conf"), "a_secret_of_this_machine\n");
      const sayOf = async (name: string) => {
        const pem = `tls=yes\ntls_ca_file=${at(name)}\ntls_certificate=${at(name)}\ntls_key=${at(name)}\n`;
        const { code, stdout } = await checkAlone(`${START}${pem}${option}=${at(name)}\n`);
        expect(stdout).not.toContain("a_secret");
        return { code, stdout: stdout.replaceAll(at(name), "PATH") };
      };
      const said = await sayOf("gone");
      expect(await sayOf("file")).toEqual(said);
      expect(await sayOf("folder")).toEqual(said);
    },
  );

  it("does not read another configuration, and says that something may be in there", async () => {
    writeFileSync(at("more.conf"), "a_secret_of_this_machine\n");
    expect(await checkAlone(`config=${at("more.conf")}\n`)).toEqual({
      code: 0,
      stdout: `FILE:1: warning: config: ${at("more.conf")} is not read, so what it says was not checked\nFILE: ok, with 1 warning\n`,
    });
  });

  it.each([
    ["encryption=perhaps", 1, "FILE:4: encryption: 'perhaps' is neither yes nor no (write yes or no)\n"],
    [
      "native_checks_only=frobnicate",
      0,
      "FILE:4: warning: native_checks_only names frobnicate, and no native check is called so (see: omd-worker plugin list)\nFILE: ok, with 1 warning\n",
    ],
    ["tls=yes", 1, expect.stringContaining("TLS needs tls_ca_file")],
    ["services=no\nhosts=no", 1, expect.stringContaining("without any queues is useless")],
  ])("finds what is wrong with the text: %s", async (line, code, stdout) => {
    expect(await checkAlone(`${START}${line}\n`)).toEqual({ code, stdout });
  });

  it("knows neither the environment nor a folder, and wants a file", async () => {
    const env = { OMD_WORKER_SERVER: "localhost", OMD_WORKER_KEY: "a_key_of_this_test" };
    expect(await run("config", ["check", "--alone"], env)).toMatchObject({ code: 3 });
    writeFileSync(at("w.conf"), "services=yes\n");
    const { stdout } = await run("config", ["check", at("w.conf"), "--alone"], env);
    expect(stdout).toContain("please specify at least one server");
    const ofFolder = await run("config", ["check", "--alone", at()]);
    expect(ofFolder).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("it is a folder, not a file"),
    });
  });
});
