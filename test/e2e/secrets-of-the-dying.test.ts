import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { receiveDatagrams } from "../support/processes/datagram-receiver.ts";
import { runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";
import { PlantedSecrets } from "./planted-secrets.ts";

const REPORTS = [
  ...["--report-on-fatalerror", "--report-uncaught-exception"],
  ...["--report-on-signal", "--report-signal=SIGUSR2"],
];
/** An error whose stack has a file of the worker's own, after which it ends. */
const OWN_FAULT = `const error = new Error("a fault");
error.stack = "Error: a fault\\n    at run (${new URL("../../src/worker/worker.ts", import.meta.url)}:1:1)";
setImmediate(() => { throw error; });`;

/** A program that dies in this way when it gets a signal. */
const dieBy = (way: string) =>
  `--import=data:text/javascript,${encodeURIComponent(`process.on("SIGURG", () => { ${way} });`)}`;

const SITE_CHECK = `import { defineCheck, words } from "omd-worker/sdk";
export const check = defineCheck({
  name: "check_site", summary: "", options: { words: words("WORD…", "") },
  run() { return { returnCode: 0, output: "fine" }; },
});
`;

const FULL = "for (const all = []; ; ) all.push(Array.from({ length: 1e5 }, () => ({})));";
const SMALL_HEAP = "--max-old-space-size=96";

interface Death {
  readonly how: string;
  /** What the worker does when it gets a signal. */
  readonly way: string;
  /** Of Node.js. */
  readonly flags: readonly string[];
  /** In its log or on standard error. */
  readonly says: RegExp;
  /** How many reports there are, of which one was asked for before it died. */
  readonly reports: number;
}

const DEATHS: readonly Death[] = [
  {
    how: "when its heap is full",
    way: FULL,
    flags: [SMALL_HEAP, "--report-exclude-env"],
    reports: 2,
    says: /JavaScript heap out of memory/,
  },
  {
    how: "when its heap is full and Node.js would write the environment",
    way: FULL,
    flags: [SMALL_HEAP],
    reports: 1,
    says: /--report-on-fatalerror is ignored[\s\S]*JavaScript heap out of memory/,
  },
  {
    how: "when it has a fault",
    way: OWN_FAULT,
    flags: [],
    reports: 1,
    says: /the worker has a fault and ends: a fault/,
  },
];

describe.skipIf(!hasServer("gearmand"))("no secret of a worker is shown", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  /** Secrets in the environment, in files, and in the job that it has just run. */
  function plant(folder: string, secrets: PlantedSecrets) {
    for (const each of ["reports", "secrets", "checks"]) mkdirSync(join(folder, each), { mode: 0o700 });
    writeFileSync(join(folder, "key"), secrets.plantKey("keyfile"), { mode: 0o600 });
    writeFileSync(join(folder, "secrets/login"), secrets.plant("secret_dir"), { mode: 0o600 });
    writeFileSync(join(folder, "checks/check_site.js"), SITE_CHECK);
    return {
      env: {
        OMD_WORKER_KEY: secrets.plantKey("the environment"),
        SOMETHING_ELSE: secrets.plant("the environment of others"),
      },
      options: [
        ...["services=yes", "debug=2", "encryption=no", `dupserver_keyfile=${folder}/key`],
        ...[`secret_dir=${folder}/secrets`, `plugin_path=${folder}/checks`],
      ],
      line: `/bin/echo $SECRET:login$ --password ${secrets.plant("a command line")}`,
    };
  }

  it.each(DEATHS)("$how", { timeout: 60_000 }, async ({ way, flags, says, reports: count }) => {
    using folder = createFolder();
    const secrets = new PlantedSecrets();
    const { env, options, line } = plant(folder.path, secrets);
    const reports = join(folder.path, "reports");
    const nodeOptions = [...REPORTS, `--report-directory=${reports}`, ...flags, dieBy(way)].join(" ");
    await using core = new Core({ port: gearmand.port });
    await using worker = await startWorker([gearmand.port], options, {
      env: { ...env, NODE_OPTIONS: nodeOptions },
      under: ["/bin/sh", "-c", 'ulimit -S -c 0; exec "$0" "$@"'],
    });
    await core.submit("service", serviceJob("job", line));
    await core.collected(1);
    worker.signal("SIGUSR2");
    const living = await vi.waitFor(() => JSON.parse(readAll(reports)), { timeout: 20_000, interval: 50 });
    worker.signal("SIGURG");
    const { stderr, stdout } = await worker.untilEnded();
    // It could not clean up.
    await worker.kill9();
    expect(`${worker.log}${stderr}`).toMatch(says);
    const seen = { reports: readAll(reports), stderr, stdout, log: worker.log };
    expect(Object.entries(seen).flatMap(([where, text]) => foundIn(secrets, where, text))).toEqual([]);
    expect(readdirSync(reports)).toHaveLength(count);
    // It could have been found there: the report has one of the thread of the site's checks.
    expect(living.workers).toHaveLength(1);
    expect(seen.reports).not.toContain('"environmentVariables"');
    expect(seen.log).toContain("--password ***");
  });

  it("to syslogd", async () => {
    using folder = createFolder();
    const secrets = new PlantedSecrets();
    const { env, options, line } = plant(folder.path, secrets);
    const socket = join(folder.path, "log");
    await using syslogd = await receiveDatagrams(socket);
    await using core = new Core({ port: gearmand.port });
    const words = [...options, `server=127.0.0.1:${gearmand.port}`, "logmode=syslog", "control_socket=no"];
    const ended = runProgram("omd-worker", words, { ...env, OMD_SYSLOG_SOCKET: socket });
    const pid = Number(/started with pid (\d+)/.exec(await syslogd.until("started with pid"))?.[1]);
    const unreadable = `junk ${secrets.plant("junk")}`;
    await core.submitRaw("service", Buffer.from(unreadable));
    await core.submit("service", serviceJob("job", line), serviceJob("shell", `${line} | /bin/cat`));
    await core.collected(2);
    process.kill(pid, "SIGTERM");
    await syslogd.until("mod_gearman worker exited");
    const { stdout, stderr } = await ended;
    const seen = { syslog: syslogd.received.join("\n"), stdout, stderr };
    expect(Object.entries(seen).flatMap(([where, text]) => foundIn(secrets, where, text))).toEqual([]);
    expect(seen.syslog).toContain("--password ***");
  });
});

function readAll(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

function foundIn(secrets: PlantedSecrets, where: string, text: string): readonly string[] {
  return secrets.foundIn(text).map((each) => `${where}: ${each}`);
}
