import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { type RunningWorker, runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Mariadb } from "../support/servers/mariadb.ts";
import { Postgresql } from "../support/servers/postgresql.ts";
import { Snmpd } from "../support/servers/snmpd.ts";
import { Sshd } from "../support/servers/sshd.ts";
import { Core, serviceJob } from "./core.ts";
import { PlantedSecrets } from "./planted-secrets.ts";

const PLUGINS = "/usr/lib/nagios/plugins";
const PATIENCE = { timeout: 30_000, interval: 50 };
const SNMP_NAME = ".1.3.6.1.2.1.1.5.0";
const NEEDED = ["gearmand", "postgresql", "check_pgsql", "mariadb", "check_mysql", "sshd", "snmpd"] as const;

/** Real servers, and what logs in there. */
class Servers implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly pgsql: Postgresql;
  readonly mysql: Mariadb;
  readonly sshd: Sshd;
  readonly snmpd: Snmpd;

  private constructor(
    stack: AsyncDisposableStack,
    servers: Readonly<{ pgsql: Postgresql; mysql: Mariadb; sshd: Sshd; snmpd: Snmpd }>,
  ) {
    this.#stack = stack;
    this.pgsql = servers.pgsql;
    this.mysql = servers.mysql;
    this.sshd = servers.sshd;
    this.snmpd = servers.snmpd;
  }

  static async start(): Promise<Servers> {
    await using stack = new AsyncDisposableStack();
    const pgsql = stack.use(await Postgresql.start());
    const mysql = stack.use(await Mariadb.start());
    const sshd = stack.use(await Sshd.start());
    const snmpd = stack.use(await Snmpd.start());
    return new Servers(stack.move(), { pgsql, mysql, sshd, snmpd });
  }

  /** Lets a user of each database log in with this password. */
  async letIn(password: string): Promise<void> {
    await this.pgsql.sql("drop role if exists probe");
    await this.pgsql.sql(`create role probe login password '${password}'`);
    await this.mysql.sql("drop user if exists probe@'127.0.0.1'");
    await this.mysql.sql(`create user probe@'127.0.0.1' identified by '${password}'`);
    await this.mysql.sql("grant select on t.* to probe@'127.0.0.1'");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

type Line = readonly [name: string, expected: number, line: string];

/** Logins that succeed and that fail, with the secret wherever it may be written. */
function listLines(
  { pgsql, mysql, sshd, snmpd }: Servers,
  { secrets, password, folder }: { secrets: PlantedSecrets; password: string; folder: string },
): readonly Line[] {
  const wrong = secrets.plant("a wrong password");
  const at = "-H 127.0.0.1";
  const pg = `${PLUGINS}/check_pgsql ${at} -P ${pgsql.port} -l probe -d monitor`;
  const my = `${PLUGINS}/check_mysql_query ${at} -P ${mysql.port} -u probe -d t -q 'select a from x'`;
  const options = `-o StrictHostKeyChecking=yes -o UserKnownHostsFile=${folder}/known_hosts -o BatchMode=yes`;
  const ssh = `${PLUGINS}/check_by_ssh ${at} -p ${sshd.port} -i ${sshd.identity} ${options} -l`;
  const snmp = `${PLUGINS}/check_snmp ${at} -p ${snmpd.port} -P 3 -U shaaes -L authPriv -a SHA -x AES -o ${SNMP_NAME} -t 2 -e 0`;
  return [
    ["pgsql", 0, `${pg} -p ${password} -q 'select 1'`],
    ["pgsql wrong", 2, `${pg} -p ${wrong}`],
    ["pgsql query fails", 2, `${pg} -p ${password} -q 'select nothing' -W 0:1`],
    ["pgsql conninfo", 0, `${pg} -o password=${password}`],
    ["pgsql variable", 0, `PGPASSWORD=${password} ${pg}`],
    ["pgsql reference", 0, `${pg} -p $SECRET:login$`],
    ["mysql", 0, `${my} -p ${password}`],
    ["mysql long", 0, `${my} --password=${password}`],
    ["mysql wrong", 2, `${my} -p ${wrong}`],
    ["mysql file", 0, `${my} -f ${folder}/my.cnf`],
    ["mysql reference", 0, `${my} -p $SECRET:login$`],
    ["mysql status", 0, `${PLUGINS}/check_mysql ${at} -P ${mysql.port} -u probe -p ${password}`],
    ["ssh", 0, `${ssh} ${sshd.user} -C '/bin/true --password ${password}'`],
    ["ssh fails", 1, `${ssh} ${sshd.user} -C '/bin/false --token=${password}'`],
    ["ssh wrong user", 3, `${ssh} nobody-here -C '/bin/true --password ${password}'`],
    ["snmp", 0, `${snmp} -A authpass123 -X privpass123`],
    ["snmp wrong", 3, `${snmp} -A ${wrong} -X privpass123`],
    ["snmp reference", 0, `${snmp} -A $SECRET:auth$ -X $SECRET:priv$`],
  ];
}

/** Event handlers that run, fail, are late and are refused. Some repeat what they were given. */
function listHandlers(folder: string, secret: string): readonly string[] {
  return [
    `${folder}/restart --password ${secret}`,
    `${folder}/restart --password $SECRET:login$`,
    `/bin/echo dry --password ${secret}`,
    `/bin/ls --password=${secret}`,
    `/bin/sh -c '/bin/echo --api-key ${secret}; exit 2'`,
    `/bin/no-such-handler --token=${secret}`,
  ];
}

describe.skipIf(!NEEDED.every(hasServer))("no secret of a real login is shown", () => {
  let gearmand: Gearmand;
  let servers: Servers;
  beforeAll(async () => {
    [gearmand, servers] = await Promise.all([startGearmand(), Servers.start()]);
  }, 120_000);
  afterAll(async () => {
    await gearmand?.stop();
    await servers?.[Symbol.asyncDispose]();
  });

  it.each([
    { how: "by checks inside the worker", mode: "on" },
    { how: "by plugins, and both in shadow mode", mode: "shadow" },
  ])("$how", { timeout: 180_000 }, async ({ mode }) => {
    using folder = createFolder();
    const secrets = new PlantedSecrets();
    const password = secrets.plant("a password");
    secrets.add("authentication of SNMP", "authpass123");
    secrets.add("encryption of SNMP", "privpass123");
    const [, key = ""] = readFileSync(servers.sshd.identity, "latin1").split("\n");
    secrets.add("a private key", key);
    await servers.letIn(password);
    const site = await Site.make(folder.path, { mode, servers, password });
    await using worker = await site.start(gearmand.port);
    await using core = new Core({ port: gearmand.port, resultQueue: site.resultQueue });
    const lines = listLines(servers, { secrets, password, folder: folder.path });
    const to = { result_queue: site.resultQueue };
    await core.submit("service", ...lines.map(([name, , line]) => serviceJob(name, line, to)));
    const handlers = listHandlers(folder.path, password);
    await core.submit(
      "eventhandler",
      ...handlers.map((line) => ({ type: "eventhandler", command_line: line })),
    );
    await core.collected(lines.length);
    await vi.waitFor(() => expect(site.handlerRuns()).toHaveLength(handlers.length), PATIENCE);
    // The logins were real.
    const codes = core.results.map(({ fields }) => [
      fields.get("service_description"),
      Number(fields.get("return_code")),
    ]);
    expect(Object.fromEntries(codes)).toEqual(
      Object.fromEntries(lines.map(([name, expected]) => [name, expected])),
    );
    const seen = await site.look(worker);
    await worker.terminate();
    const all = { ...seen, ...site.files(worker) };
    const found = Object.entries(all).flatMap(([where, text]) =>
      secrets.foundIn(text).map((each) => `${where}: ${each}`),
    );
    expect(found).toEqual([]);
    // It could have been found there.
    expect(all["worker.log"]).toMatch(/check_pgsql .*-p \*\*\*/);
    expect(all["event handlers"]).toContain("--password ***");
    expect(all["handlers report"]).toContain("restart");
    expect(all["/metrics"]).toContain('handler="restart"');
    if (mode === "shadow") expect(all["shadow.json"]).toContain("check_mysql_query");
    expect(Object.values(all).every((text) => text !== "")).toBe(true);
  });
});

/** A worker with the files of its logins. */
class Site {
  readonly resultQueue = `results_${randomUUID()}`;
  readonly #identifier = randomUUID();
  readonly #folder: string;
  readonly #mode: string;
  #port = 0;

  private constructor(folder: string, mode: string) {
    this.#folder = folder;
    this.#mode = mode;
  }

  static async make(
    folder: string,
    { mode, servers, password }: { mode: string; servers: Servers; password: string },
  ): Promise<Site> {
    const site = new Site(folder, mode);
    site.#port = await freePort();
    for (const each of ["secrets", "reports"]) mkdirSync(join(folder, each), { mode: 0o700 });
    const write = (name: string, text: string, right = 0o600) =>
      writeFileSync(join(folder, name), text, { mode: right });
    write("secrets/login", password);
    write("secrets/auth", "authpass123");
    write("secrets/priv", "privpass123");
    write("my.cnf", `[client]\npassword=${password}\n`);
    write("known_hosts", servers.sshd.knownHost());
    write("restart", `#!/bin/sh\necho "restarting with $2"; echo "$2 is wrong" >&2; exit 2\n`, 0o755);
    write("worker.conf", site.#config());
    return site;
  }

  async start(gearmandPort: number): Promise<RunningWorker> {
    const report = ["--report-on-signal", "--report-signal=SIGUSR2"];
    const env = { NODE_OPTIONS: [...report, `--report-directory=${this.#folder}/reports`].join(" ") };
    return await startWorker([gearmandPort], [`config=${this.#folder}/worker.conf`], { env });
  }

  handlerRuns(): readonly string[] {
    try {
      return readFileSync(join(this.#folder, "handlers.jsonl"), "utf8").trimEnd().split("\n");
    } catch {
      return [];
    }
  }

  /** What can be seen from outside while it runs. */
  async look(worker: RunningWorker): Promise<Readonly<Record<string, string>>> {
    const config = `--config=${this.#folder}/worker.conf`;
    const own = `identifier=${this.#identifier}`;
    const tell = async (...words: readonly string[]) => {
      const { stdout, stderr } = await runProgram("omd-worker", words);
      return [words.slice(0, 2).join(" "), `${stdout}\n${stderr}`] as const;
    };
    const told = await Promise.all([
      tell("handlers", "report", config, "--json"),
      tell("status", "--json", own),
      tell("jobs", own),
      tell("shadow", "show", own),
    ]);
    worker.signal("SIGUSR2");
    const report = await vi.waitFor(() => this.#readReport(), PATIENCE);
    const get = async (path: string) => await (await fetch(`http://127.0.0.1:${this.#port}${path}`)).text();
    return {
      ...Object.fromEntries(told),
      "crash report": report,
      "/metrics": await get("/metrics"),
      "/": await get("/"),
    };
  }

  files(worker: RunningWorker): Readonly<Record<string, string>> {
    const read = (name: string) => readFileSync(join(this.#folder, name), "utf8");
    return {
      "worker.log": worker.log,
      "event handlers": read("handlers.jsonl"),
      ...(this.#mode === "shadow" && { "shadow.json": read("shadow.json") }),
    };
  }

  #readReport(): string {
    const [name = ""] = readdirSync(join(this.#folder, "reports"));
    const text = readFileSync(join(this.#folder, "reports", name), "utf8");
    JSON.parse(text);
    return text;
  }

  #config(): string {
    const file = (name: string) => join(this.#folder, name);
    return [
      `identifier=${this.#identifier}`,
      ...["encryption=no", "services=yes", "eventhandler=yes", "debug=2", "log_format=json", "max-age=1000"],
      ...["control_socket=yes", `secret_dir=${file("secrets")}`, `pidfile=${file("worker.pid")}`],
      ...[`prometheus_server=127.0.0.1:${this.#port}`, "status_page=on", "max-worker=20"],
      ...[`native_checks=${this.#mode}`, "shadow_share=100", `shadow_file=${file("shadow.json")}`],
      ...["native_db_pool=on", "native_ssh_keepalive=on"],
      ...[`eventhandler_log=${file("handlers.jsonl")}`, "eventhandler_dry_run=echo"],
      "",
    ].join("\n");
  }
}
