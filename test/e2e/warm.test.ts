import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const FILE_AGE = "/usr/lib/nagios/plugins/check_file_age";
const YOUNG_ENOUGH = ["-w", "999999999", "-c", "999999999", "-W", "0", "-C", "0"];
const WORDS = [YOUNG_ENOUGH.join(" "), "-w 999999999 -c 999999999 -W 100", "-w 999999999 -C 100 -W 1", "-w"];
const CHECKS = 40;

const hasPlugins = hasServer("check_dummy") && hasServer("perl");

describe.skipIf(!hasServer("gearmand") || !hasPlugins)("a worker that keeps Perl plugins warm", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("answers as one that starts them anew, and follows a changed option at HUP", async () => {
    using folder = createFolder();
    const config = join(folder.path, "worker.conf");
    const watched = join(folder.path, "watched");
    writeFileSync(watched, "some content");
    writeFileSync(config, "services=yes\nmax-worker=10\n");
    await using core = new Core({ port: gearmand.port });
    await using worker = await startWorker([gearmand.port], [`config=${config}`]);
    const jobs = Array.from({ length: CHECKS }, (_, i) => {
      const kind = i % WORDS.length;
      return serviceJob(`${kind}`, `${FILE_AGE} ${WORDS[kind]} -f ${watched}`);
    });
    const takeAnswers = () => core.results.splice(0).map(answerOf).toSorted();

    await core.submit("service", ...jobs);
    await core.collected(CHECKS);
    const executed = takeAnswers();
    expect(new Set(executed).size).toBe(WORDS.length);
    expect(worker.linesWith("via=warm")).toEqual([]);

    writeFileSync(config, "services=yes\nmax-worker=10\nuse_embedded_perl_implicitly=yes\n");
    worker.signal("SIGHUP");
    await worker.logged("reloading config was successful, changed: use_embedded_perl_implicitly");
    await core.submit("service", ...jobs);
    await core.collected(CHECKS);
    expect(takeAnswers()).toEqual(executed);
    expect(worker.linesWith("via=warm")).toHaveLength(CHECKS);
  });
});

const FOLDER = "/usr/lib/nagios/plugins";
const SNMP = "-H 127.0.0.1 -C public -w 1,1,1 -c 2,2,2 -t 2";
/** Debian's plugins that say -epn, with words as sites have them. The servers are not there. */
const SAYING_NO: Readonly<Record<string, string>> = {
  check_bgpstate: "-H 127.0.0.1 -C public",
  check_haproxy: "--help",
  check_hpasm: "--hostname 127.0.0.1 --community public -t 3",
  check_httpd_status: "-H 127.0.0.1 -p 1 -t 2",
  check_imap_quota: "-H 127.0.0.1 -p 1 -U user -P secret",
  check_imap_receive: "-H 127.0.0.1 -p 1 -U user -P secret",
  check_logfiles: "--logfile /etc/debian_version --criticalpattern nosuch --tag e2e",
  check_multi: "-f /nowhere/multi.cmd",
  check_mysql_health: "--hostname 127.0.0.1 --port 1 --mode connection-time",
  check_printer: "-H 127.0.0.1 -C public",
  check_raid: "-x",
  check_smstools: "-d /nowhere",
  "check_snmp_int.pl": `${SNMP} -n eth0`,
  "check_snmp_load.pl": SNMP,
  "check_snmp_mem.pl": SNMP,
};
const hasAll = (
  ["check_mysql_health", "check_logfiles", "check_multi", "check_snmp_load", "gettext"] as const
).every((name) => hasServer(name));

describe.skipIf(!hasServer("gearmand") || !hasPlugins || !hasAll)("a worker with warm_include", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("keeps plugins warm that say -epn, and they answer as executed", async () => {
    for (const name of Object.keys(SAYING_NO))
      expect(readFileSync(join(FOLDER, name), "latin1").slice(0, 1000), name).toMatch(/# *\w+: *-epn/);
    using folder = createFolder();
    const config = join(folder.path, "worker.conf");
    const options = "services=yes\nmax-worker=4\nshow_error_output=yes\n";
    writeFileSync(config, options);
    await using core = new Core({ port: gearmand.port });
    await using worker = await startWorker([gearmand.port], [`config=${config}`]);
    const jobs = Object.entries(SAYING_NO).flatMap(([name, words]) =>
      [words, "--version"].map((line) => serviceJob(`${name} ${line}`, `${join(FOLDER, name)} ${line}`)),
    );
    const takeAnswers = async () => {
      await core.submit("service", ...jobs);
      await core.collected(jobs.length);
      return core.results.splice(0).map(answerOf).toSorted();
    };

    const executed = await takeAnswers();
    expect(worker.linesWith("via=warm")).toEqual([]);
    writeFileSync(config, `${options}warm_include=${Object.keys(SAYING_NO).join(",")}\n`);
    worker.signal("SIGHUP");
    await worker.logged("reloading config was successful, changed: warm_include");
    expect(await takeAnswers()).toEqual(executed);
    expect(await takeAnswers()).toEqual(executed);
    expect(worker.linesWith("cannot be kept warm")).toEqual([]);
    expect(worker.linesWith("via=warm")).toHaveLength(2 * jobs.length);
  });
});

describe.skipIf(!hasPlugins)("omd-worker check", () => {
  it("runs a Perl plugin warm, if it is told to", async () => {
    const options = ["--debug=1", "--use_embedded_perl_implicitly=on"];
    const command = ["--", FILE_AGE, ...YOUNG_ENOUGH, "-f", "/etc/passwd"];
    const ran = await runProgram("omd-worker", ["check", ...options, ...command]);
    expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("ran (via=warm") });
    expect(ran.stdout).toMatch(/^FILE_AGE OK: \/etc\/passwd is /);
  });
});

describe.skipIf(!hasServer("perl"))("omd-worker check with warm_load", () => {
  const run = async (mark: string, load: string) => {
    using folder = createFolder();
    const plugin = join(folder.path, "check_it.pl");
    const script = "print join(' ', grep { m{^(?:Text|Time)/} } sort keys %INC), qq(\\n); exit 0;";
    writeFileSync(plugin, `#!/usr/bin/perl\n# omd-worker: warm\n${mark}\n${script}\n`, { mode: 0o755 });
    const options = ["--debug=1", "--use_embedded_perl_implicitly=on", `--warm_load=${load}`];
    return await runProgram("omd-worker", ["check", ...options, "--", plugin]);
  };

  it("loads modules ahead that the option and the plugin name", async () => {
    const ran = await run("# omd-worker: load=Time::Local", "check_*.pl:Text::Wrap+Text::Abbrev,other:B");
    expect(ran.stdout).toBe("Text/Abbrev.pm Text/Tabs.pm Text/Wrap.pm Time/Local.pm");
    expect(ran.stderr).toContain("ran (via=warm");
  });

  it.each([
    ["#", "check_it.pl:No::Such", "No::Such cannot be loaded ahead: Can't locate No/Such.pm in @INC"],
    ["# omd-worker: load=a-b", "other:B", "a?b cannot be loaded ahead: Can't locate a?b.pm in @INC"],
  ])("executes the plugin and says why, if one cannot be loaded: %s %s", async (mark, load, why) => {
    const ran = await run(mark, load);
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toContain("cannot be kept warm, it is started anew for each check");
    expect(ran.stderr).toContain(why);
  });
});

/** Without what the clock changes. */
function answerOf({ fields }: { readonly fields: ReadonlyMap<string, string> }): string {
  const answer = ["service_description", "return_code", "output"].map((name) => fields.get(name)).join(" ");
  return answer.replace(/\d+ seconds old|age=\d+s|time=[\d.]+/g, "TIME");
}
