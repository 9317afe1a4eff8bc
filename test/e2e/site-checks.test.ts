import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const DUMMY = "/usr/lib/nagios/plugins/check_dummy";

/** A check of the site's, in the place of Debian's check_dummy. */
const checkThat = (name: string, run: string) => `
import { CheckDeclined, CheckFailure, defineCheck, words } from "omd-worker/sdk";
export const check = defineCheck({
  name: "${name}",
  summary: "",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: { words: words("WORD…", "") },
  run() { ${run} },
});
`;
const saying = (name: string, output: string) =>
  checkThat(name, `return { returnCode: 1, output: "${output}" };`);

/** It has no plugin, and counts its runs. */
const counting = (service: string) => `
import { defineCheck, report, thresholds } from "omd-worker/sdk";
export const check = defineCheck({
  name: "check_runs",
  summary: "",
  options: thresholds("runs"),
  run({ warning }, { values }) {
    values.set("runs", Number(values.get("runs") ?? 0) + 1);
    return report("${service}").value("runs", Number(values.get("runs")), { warning, text: "Läufe" });
  },
});
`;

/** At once, as an editor does it. */
function write(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

describe.skipIf(!hasServer("gearmand"))("a worker with plugin_path", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  async function answer(core: Core, commandLine: string): Promise<string | undefined> {
    const before = core.results.length;
    await core.submit("service", serviceJob("site", commandLine));
    await core.collected(before + 1);
    return core.results[before]?.fields.get("output");
  }

  it("answers with a site's check, exchanges it, and keeps it when its file becomes faulty", async () => {
    using folder = createFolder();
    const file = join(folder.path, "check_site.ts");
    write(file, saying("check_site", "one"));
    await using worker = await startWorker([gearmand.port], [`plugin_path=${folder.path}`]);
    await using core = new Core({ port: gearmand.port });
    expect(await answer(core, "/nowhere/check_site")).toBe("one");

    write(file, saying("check_site", "two"));
    await worker.logged(`check_site is exchanged, read from ${file}`);
    expect(await answer(core, "/nowhere/check_site")).toBe("two");

    write(file, "\n\nexport const check = (;\n");
    await worker.logged(`refused ${file}:3: `);
    expect(await answer(core, "/nowhere/check_site")).toBe("two");

    write(join(folder.path, "check_other.ts"), saying("check_other", "another"));
    await worker.logged("check_other is read from");
    expect(await answer(core, "/nowhere/check_other")).toBe("another");
  });

  it("remembers values over an exchange and a restart, and answers wrong words and a bare name", async () => {
    using folder = createFolder();
    const file = join(folder.path, "check_runs.ts");
    write(file, counting("ONE"));
    const options = [`plugin_path=${folder.path}`, `native_values_folder=${join(folder.path, "values")}`];
    await using core = new Core({ port: gearmand.port });
    {
      await using worker = await startWorker([gearmand.port], options);
      expect(await answer(core, "/nowhere/check_runs -w 1")).toBe("ONE OK - L\xc3\xa4ufe|runs=1;1");
      write(file, counting("TWO"));
      await worker.logged(`check_runs is exchanged, read from ${file}`);
      expect(await answer(core, "check_runs -w 1")).toBe("TWO WARNING - L\xc3\xa4ufe|runs=2;1");
      expect(await answer(core, "/nowhere/check_runs -w 5")).toBe("TWO OK - L\xc3\xa4ufe|runs=1;5");
      expect(await answer(core, "/nowhere/check_runs -w x")).toMatch(
        /^UNKNOWN - check_runs: -w x is no range, .*\\nusage: check_runs \[-w RANGE\] \[-c RANGE\]/,
      );
    }
    await using _again = await startWorker([gearmand.port], options);
    expect(await answer(core, "/nowhere/check_runs -w 1")).toBe("TWO WARNING - L\xc3\xa4ufe|runs=3;1");
  });

  it("takes a failure for an answer: the SDK of the check is the worker's", async () => {
    using folder = createFolder();
    write(
      join(folder.path, "check_site.ts"),
      checkThat("check_site", 'throw new CheckFailure("no luck", 2);'),
    );
    await using _worker = await startWorker([gearmand.port], [`plugin_path=${folder.path}`]);
    await using core = new Core({ port: gearmand.port });
    expect(await answer(core, "/nowhere/check_site")).toBe("no luck");
  });

  it.each<[what: string, run: string, did: string]>([
    ["exits", "process.exit(2);", "it called process.exit(2), a check has to return its answer"],
    [
      "throws where nobody listens",
      "setImmediate(() => { throw new Error('in a callback'); }); return new Promise(() => {});",
      'nothing caught its error "in a callback" at ',
    ],
    [
      "forgets a promise",
      "Promise.reject(new Error('of a promise')); return new Promise(() => {});",
      'nothing caught its error "of a promise" at ',
    ],
    ["loops", "for (;;);", "it kept its thread busy for 5 seconds without a pause"],
    // On a busy machine it may take longer than five seconds to fill the memory.
    ["eats memory", "const kept = []; for (;;) kept.push(Buffer.alloc(1_000_000, 1));", "it "],
  ])("goes on when a check %s, and names it", async (_, run, did) => {
    using folder = createFolder();
    write(join(folder.path, "check_bad.ts"), checkThat("check_bad", run));
    const wait =
      "return new Promise((resolve) => setTimeout(resolve, 200, { returnCode: 0, output: 'OK' }));";
    write(join(folder.path, "check_good.ts"), checkThat("check_good", wait));
    await using worker = await startWorker([gearmand.port], [`plugin_path=${folder.path}`]);
    await using core = new Core({ port: gearmand.port });
    const good = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        serviceJob(`good ${at}`, at % 2 === 0 ? "/nowhere/check_good" : "/nowhere/check_dummy 0 fine"),
      );
    await core.submit("service", ...good(20), serviceJob("bad", "/nowhere/check_bad"), ...good(200));
    await core.collected(221);
    const outputOf = (name: string) =>
      core.results
        .filter(({ fields }) => fields.get("service_description")?.startsWith(name))
        .map(({ fields }) => fields.get("output"));
    expect(outputOf("bad")).toEqual([
      expect.stringContaining(`UNKNOWN: check_bad has ended its thread: ${did}`),
    ]);
    expect(new Set(outputOf("good"))).toEqual(new Set(["OK", "OK: fine"]));
    await worker.logged(`check_bad of ${folder.path}/check_bad.ts has ended its thread: ${did}`);
  });

  it("sets a file aside that ends its thread again and again, and tells its status", async () => {
    using folder = createFolder();
    const file = join(folder.path, "check_site.ts");
    write(file, checkThat("check_site", "process.exit(0);"));
    const own = [`plugin_path=${folder.path}`, `identifier=${randomUUID()}`, "control_socket=yes"];
    await using worker = await startWorker([gearmand.port], own);
    await using core = new Core({ port: gearmand.port });
    for (let times = 0; times < 3; times += 1)
      expect(await answer(core, "/nowhere/check_site")).toContain("it called process.exit(0)");
    await worker.logged(`${file} is set aside until it changes`);
    expect(await answer(core, "/nowhere/check_site")).toMatch(
      /^UNKNOWN - check_site: .* is set aside until it changes, .*, and there is no \/nowhere\/check_site$/,
    );
    const list = await runProgram("omd-worker", ["plugin", "list", ...own]);
    expect(list.stdout).toContain(`The running worker has set aside until they change:\n  ${file}: `);
    write(file, saying("check_site", "mended"));
    await worker.logged("check_site is exchanged");
    expect(await answer(core, "/nowhere/check_site")).toBe("mended");
  });

  it("ends on TERM while checks loop and wait for children", async () => {
    using folder = createFolder();
    write(join(folder.path, "check_loop.ts"), checkThat("check_loop", "for (;;);"));
    const wait = 'process.getBuiltinModule("node:child_process").execFileSync("sleep", ["1000"]);';
    write(join(folder.path, "check_child.ts"), checkThat("check_child", wait));
    const options = [`plugin_path=${folder.path}`, "shutdown_timeout=1"];
    // The jobs go back to it.
    const other = await startGearmand();
    await using _ending = { [Symbol.asyncDispose]: () => other.stop() };
    await using worker = await startWorker([other.port], options);
    await using core = new Core({ port: other.port });
    await core.submit(
      "service",
      serviceJob("loop", "/nowhere/check_loop"),
      serviceJob("child", "/nowhere/check_child"),
    );
    await worker.logged("check_loop is read from");
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { exitCode } = await worker.terminate();
    expect([0, 1]).toContain(exitCode);
    expect(worker.linesWith("mod_gearman worker exited")).toHaveLength(1);
  });

  it("takes other folders on HUP", async () => {
    using folder = createFolder();
    const [before, after] = [join(folder.path, "before"), join(folder.path, "after")];
    mkdirSync(before);
    mkdirSync(after);
    write(join(before, "check_site.ts"), saying("check_site", "before"));
    write(join(after, "check_site.ts"), saying("check_site", "after"));
    const config = join(folder.path, "worker.conf");
    writeFileSync(config, `plugin_path=${before}\n`);
    await using worker = await startWorker([gearmand.port], [`config=${config}`]);
    await using core = new Core({ port: gearmand.port });
    expect(await answer(core, "/nowhere/check_site")).toBe("before");
    writeFileSync(config, `plugin_path=${after}\n`);
    worker.signal("SIGHUP");
    await worker.logged(`check_site is exchanged, read from ${after}`);
    expect(await answer(core, "/nowhere/check_site")).toBe("after");
  });

  describe.skipIf(!hasServer("check_dummy"))("beside the real plugin", () => {
    it("runs it where the check declines, and tells each reason once", async () => {
      using folder = createFolder();
      const declining = checkThat("check_dummy", 'throw new CheckDeclined("no raw socket here");');
      write(join(folder.path, "check_dummy.ts"), declining);
      await using worker = await startWorker([gearmand.port], [`plugin_path=${folder.path}`]);
      await using core = new Core({ port: gearmand.port });
      for (const word of ["a", "b", "c"])
        expect(await answer(core, `${DUMMY} 0 ${word}`)).toBe(`OK: ${word}`);
      const told = worker.linesWith("check_dummy: no raw socket here; left to the plugin");
      expect(told.filter((line) => line.includes("WARN"))).toHaveLength(1);
      expect(worker.linesWith("via=plugin, why=the native check declined: no raw socket here")).toHaveLength(
        3,
      );
    });

    it("compares both in shadow mode, the plugin's answer counts, and the report tells", async () => {
      using folder = createFolder();
      const report = join(folder.path, "shadow.json");
      const ownWords = checkThat("check_dummy", 'return { returnCode: 0, output: "OK: same" };');
      write(join(folder.path, "check_dummy.ts"), ownWords);
      const shadow = ["native_checks=shadow", "shadow_share=100", `shadow_file=${report}`];
      {
        await using worker = await startWorker([gearmand.port], [`plugin_path=${folder.path}`, ...shadow]);
        await using core = new Core({ port: gearmand.port });
        expect(await answer(core, `${DUMMY} 0 same`)).toBe("OK: same");
        expect(await answer(core, `${DUMMY} 1 http://me:hunter2@host`)).toBe(
          "WARNING: http://me:hunter2@host",
        );
        expect(worker.linesWith("via=plugin, why=native_checks is shadow")).toHaveLength(2);
        await worker.logged("shadow of check_dummy: ", 2);
      }
      const { exitCode, stdout } = await runProgram("omd-worker", ["shadow", "report", ...shadow]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^check_dummy +2 +1 +1 +0 +50\.00 %$/m);
      expect(stdout).toContain(
        `${DUMMY} 1 http://***@host\n    plugin 1 WARNING: http://***@host\n    native 0 OK: same`,
      );
      expect(stdout).not.toContain("hunter2");
    });

    it("finds no difference between check_tcp and the worker's own but for times", async () => {
      using folder = createFolder();
      const report = join(folder.path, "shadow.json");
      const shadow = ["native_checks=shadow", "shadow_share=100", `shadow_file=${report}`];
      {
        await using worker = await startWorker([gearmand.port], shadow);
        await using core = new Core({ port: gearmand.port });
        const check = (port: number) => `/usr/lib/nagios/plugins/check_tcp -H 127.0.0.1 -p ${port} -w 5`;
        for (const port of [gearmand.port, 1])
          expect(await answer(core, check(port))).toMatch(/^TCP OK|^connect to address/);
        await worker.logged("shadow of check_tcp: ", 2);
      }
      const { stdout } = await runProgram("omd-worker", ["shadow", "report", ...shadow]);
      expect(stdout).toMatch(/^check_tcp +2 +2 +0 +0 +100\.00 %$/m);
    });
  });
});
