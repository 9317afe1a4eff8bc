import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { createFolder } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { writePair } from "../support/gearman/tls-gearmand.ts";
import { receiveDatagrams } from "../support/processes/datagram-receiver.ts";
import { type RunningWorker, runProgram, startWorker } from "../support/processes/worker.ts";
import { inDays } from "../support/servers/certificates.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob, textOf } from "./core.ts";
import { PlantedSecrets } from "./planted-secrets.ts";

const PLUGINS = "/usr/lib/nagios/plugins";
const AT = "-H 127.0.0.1";
const WHILE_BUSY = { timeout: 30_000, interval: 50 };

/** A command line of each family with a secret where it may have one. Nothing listens at port 1. */
const LINES: Readonly<Record<string, (secret: string) => string>> = {
  "check_http -a": (s) => `${PLUGINS}/check_http ${AT} -p 1 -a user:${s}`,
  "check_http -b": (s) => `${PLUGINS}/check_http ${AT} -p 1 -b user:${s}`,
  "check_http -k": (s) => `${PLUGINS}/check_http ${AT} -p 1 -k 'Authorization: Bearer ${s}'`,
  "check_http -P": (s) => `${PLUGINS}/check_http ${AT} -p 1 -P 'user=a&password=${s}'`,
  "check_curl -a": (s) => `${PLUGINS}/check_curl ${AT} -p 1 -a user:${s}`,
  "check_mysql -p": (s) => `${PLUGINS}/check_mysql ${AT} -P 1 -u mon -p ${s}`,
  "check_mysql_query -p": (s) => `${PLUGINS}/check_mysql_query ${AT} -P 1 -u mon -p ${s} -q 'select 1'`,
  "check_pgsql -p": (s) => `${PLUGINS}/check_pgsql ${AT} -P 1 -l mon -p ${s}`,
  "check_mssql -p": (s) => `${PLUGINS}/check_mssql ${AT} -P 1 -u mon -p ${s}`,
  check_mssql_health: (s) =>
    `${PLUGINS}/check_mssql_health --hostname 127.0.0.1 --port 1 --username a --password ${s} --mode connected-users`,
  "check_snmp -C": (s) => `${PLUGINS}/check_snmp ${AT} -p 1 -C ${s} -o .1.3.6.1 -t 1 -e 0`,
  "check_snmp -A": (s) =>
    `${PLUGINS}/check_snmp ${AT} -p 1 -P 3 -U u -L authNoPriv -a SHA -A ${s} -o .1.3.6.1 -t 1 -e 0`,
  "check_snmp -X": (s) =>
    `${PLUGINS}/check_snmp ${AT} -p 1 -P 3 -U u -L authPriv -a SHA -A authpass99 -x AES -X ${s} -o .1.3.6.1 -t 1 -e 0`,
  "check_nt -s": (s) => `${PLUGINS}/check_nt ${AT} -p 1 -s ${s} -v UPTIME`,
  "check_nsc_web -p": (s) => `${PLUGINS}/check_nsc_web -u http://127.0.0.1:1 -p ${s} check_load`,
  "check_smtp -P": (s) => `${PLUGINS}/check_smtp ${AT} -p 1 -A LOGIN -U mon -P ${s}`,
  "check_tcp -s": (s) => `${PLUGINS}/check_tcp ${AT} -p 1 -s ${s} -e x`,
  "check_prometheus URL": (s) =>
    `${PLUGINS}/check_prometheus mode ping --address http://user:${s.replace("/", "_")}@127.0.0.1:1`,
  "check_by_ssh command": (s) =>
    `${PLUGINS}/check_by_ssh ${AT} -p 1 -o BatchMode=yes -C '/x --password ${s}'`,
  "check_nrpe arguments": (s) => `${PLUGINS}/check_nrpe ${AT} -p 1 -c x -a --password ${s}`,
  "a script": (s) => `/bin/echo said --password ${s}`,
  "a failing one": (s) => `/bin/ls --password=${s}`,
  "a variable": (s) => `PGPASSWORD=${s} /bin/echo fine`,
  "a line for a shell": (s) => `/bin/echo fine --token=${s} | /bin/cat`,
  "sh -c": (s) => `/bin/sh -c '/bin/echo --api-key ${s}; exit 2'`,
  "a URL": (s) => `/bin/echo https://user:${s.replace("/", "_")}@127.0.0.1:1/`,
  "one that is not there": (s) => `/bin/no-such-plugin --password ${s}`,
};

describe.skipIf(!hasServer("gearmand"))("no secret of a worker is shown", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("in its log, pages, answers, reports, files and processes", { timeout: 120_000 }, async () => {
    using folder = createFolder();
    const site = await Site.make(folder.path, gearmand.port);
    await using systemd = await receiveDatagrams(join(folder.path, "notify"));
    await using worker = await site.start();
    await using core = new Core({
      port: gearmand.port,
      envelope: site.envelope,
      resultQueue: site.resultQueue,
    });
    await letAllHappen(core, site);
    const seen = await site.look(worker);
    await leaveResultInSpool(core, site, { gearmand, worker });
    const told = { "status for systemd": systemd.received.join("\n") };
    const all: Readonly<Record<string, string>> = {
      ...seen,
      ...told,
      ...site.files(worker),
      ...resultsOf(core),
    };
    const found = Object.entries(all).flatMap(([where, text]) =>
      site.secrets.foundIn(text).map((each) => `${where}: ${each}`),
    );
    expect(found).toEqual([]);
    // It could have been found there.
    expect(all["worker.log"]).toContain("--password ***");
    expect(all["crash report"]).toContain('"commandLine"');
    expect(all["crash report"]).not.toContain('"environmentVariables"');
    expect(all["result of environment"]).toContain("PATH=");
    expect(all["result of reference, shell"]).toMatch(/^output=no \*\*\*$/m);
    expect(all["status for systemd"]).toContain("STATUS=");
    expect(all["survey --list"]).toMatch(/^native\t.*check_http.*\*\*\*/m);
    expect(all["survey --restrict-allow"]).toContain("restrict_allow=");
    expect(all["spool"]).toContain('"queue"');
    expect(all["/metrics"]).toContain('reason="wrong-key"');
    expect(all["/events"]).toContain("event: whole");
    expect(Object.values(all).every((text) => text !== "")).toBe(true);
    expect(site.openedToOthers()).toEqual([]);
  });
});

/** Native, executed, failing, late, refused and unreadable jobs. */
async function letAllHappen(core: Core, { secrets, resultQueue, reference }: Site): Promise<void> {
  const to = { result_queue: resultQueue };
  const jobs = Object.entries(LINES).map(([name, line]) => serviceJob(name, line(secrets.plant(name)), to));
  const late = secrets.plant("a late one");
  const old = secrets.plant("an old one");
  await core.submit(
    "service",
    ...jobs,
    serviceJob("reference, native", `${PLUGINS}/check_dummy 2 'no ${reference}'`, to),
    serviceJob("reference, executed", `/bin/echo no ${reference}`, to),
    serviceJob("reference, shell", `/bin/echo no ${reference} | /bin/cat`, to),
    serviceJob("environment", "/usr/bin/env", to),
    serviceJob("late", `/bin/sleep 60 --password ${late}`, { ...to, timeout: 1 }),
    serviceJob("late shell", `exec /bin/sleep 60 # --password ${late}`, { ...to, timeout: 1 }),
    { ...serviceJob("old", `/bin/echo --password ${old}`, to), core_time: 1_000 },
  );
  const unreadable = serviceJob("unreadable", `/x --password ${secrets.plant("an unreadable one")}`, to);
  const other = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from("another key")) });
  await core.submitRaw("service", other.seal(textOf(unreadable)), Buffer.from(textOf(unreadable)));
  await core.submitRaw("service", Buffer.from(`junk ${secrets.plant("junk")}`));
  await core.collected(jobs.length + 7);
}

/** The worker ends with a result that no job server can take. */
async function leaveResultInSpool(
  core: Core,
  site: Site,
  { gearmand, worker }: { readonly gearmand: Gearmand; readonly worker: RunningWorker },
): Promise<void> {
  const line = `/bin/sh -c 'sleep 2; exit 1' x --password ${site.secrets.plant("one that is kept")}`;
  await core.submit("service", serviceJob("kept", line, { result_queue: site.resultQueue }));
  await vi.waitFor(async () => expect(await site.running()).toContain("kept"), WHILE_BUSY);
  await gearmand.stop();
  await worker.terminate();
}

/** Results of commands that were given secrets in another way than on the core's command line. */
function resultsOf({ results }: Core): Readonly<Record<string, string>> {
  const named = results.map(({ text, fields }) => [fields.get("service_description") ?? "", text] as const);
  const wanted = named.filter(([name]) => /^(?:reference|environment)/.test(name));
  return Object.fromEntries(wanted.map(([name, text]) => [`result of ${name}`, text]));
}

/** A worker with secrets wherever it may have some. */
class Site {
  readonly secrets = new PlantedSecrets();
  readonly resultQueue = `results_${randomUUID()}`;
  readonly identifier = randomUUID();
  readonly reference = "$SECRET:login$";
  readonly #folder: string;
  readonly #gearmandPort: number;
  readonly #key = this.secrets.plantKey("keyfile");
  readonly #password = this.secrets.plant("password of the page");
  #port = 0;

  private constructor(folder: string, gearmandPort: number) {
    this.#folder = folder;
    this.#gearmandPort = gearmandPort;
  }

  static async make(folder: string, gearmandPort: number): Promise<Site> {
    const site = new Site(folder, gearmandPort);
    site.#port = await freePort();
    for (const each of ["secrets", "reports", "spool"]) mkdirSync(join(folder, each), { mode: 0o700 });
    writePair(join(folder, "client"), { commonNames: ["worker"], notAfter: inDays(100) });
    const [, line = ""] = readFileSync(join(folder, "client.key"), "utf8").split("\n");
    site.secrets.add("tls_key", line);
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
    write("key", site.#key);
    write("old.key", site.secrets.plantKey("accepted_keyfile"));
    write("dup.key", site.secrets.plantKey("dupserver_keyfile"));
    write("secrets/login", site.secrets.plant("a file of secret_dir"));
    const hashed = await hash(site.#password, 4);
    site.secrets.add("hash of the page", hashed);
    write("users", `admin:${hashed}\n`);
    write("worker.conf", site.#config());
    write("objects.cache", site.#objects());
    return site;
  }

  get envelope() {
    return createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(this.#key)) });
  }

  async start(): Promise<RunningWorker> {
    const report = [`--report-on-fatalerror`, "--report-on-signal", "--report-signal=SIGUSR2"];
    const env = {
      NODE_OPTIONS: [...report, `--report-directory=${this.#folder}/reports`].join(" "),
      NOTIFY_SOCKET: join(this.#folder, "notify"),
      OMD_WORKER_ACCEPTED_KEY: this.secrets.plantKey("a variable of the environment"),
    };
    return await startWorker([this.#gearmandPort], [`config=${this.#folder}/worker.conf`], { env });
  }

  /** What can be seen from outside while it runs. */
  async look(worker: RunningWorker): Promise<Readonly<Record<string, string>>> {
    const own = `identifier=${this.identifier}`;
    const config = `--config=${this.#folder}/worker.conf`;
    const tell = async (...words: readonly string[]) => {
      const { stdout, stderr } = await runProgram("omd-worker", words);
      return [words.slice(0, 2).join(" "), `${stdout}\n${stderr}`] as const;
    };
    const objects = join(this.#folder, "objects.cache");
    const told = await Promise.all([
      tell("survey", "--list", config, objects),
      tell("survey", "--json", config, objects),
      tell("survey", "--restrict-allow", config, objects),
      tell("status", "--json", own),
      tell("jobs", own),
      tell("shadow", own),
      tell("config", "show", config),
      tell("config", "check", config),
      tell("doctor", "--json", config),
      tell("check", "--explain", config, "--", `${PLUGINS}/check_dummy`, "0", this.reference),
    ]);
    const status = readFileSync(`/proc/${worker.pid}/cmdline`, "latin1");
    worker.signal("SIGUSR2");
    const report = await vi.waitFor(() => this.#readReport(), { timeout: 20_000, interval: 50 });
    return {
      ...Object.fromEntries(told),
      "its command line": status,
      "crash report": report,
      "/metrics": await this.#get("/metrics"),
      "/": await this.#get("/"),
      "/events": await this.#get("/events"),
      "without a password": await (await fetch(`http://127.0.0.1:${this.#port}/events`)).text(),
    };
  }

  /** The jobs that it has just now. */
  async running(): Promise<string> {
    return (await runProgram("omd-worker", ["jobs", `identifier=${this.identifier}`])).stdout;
  }

  /** What is left of it. */
  files(worker: RunningWorker): Readonly<Record<string, string>> {
    const read = (name: string) => readFileSync(join(this.#folder, name), "utf8");
    return {
      "worker.log": worker.log,
      spool: readdirSync(join(this.#folder, "spool"))
        .map((name) => read(join("spool", name)))
        .join("\n"),
      "shadow.jsonl": read("shadow.jsonl"),
      "worker.conf": read("worker.conf"),
    };
  }

  /** Files that others than the worker's user may read. */
  openedToOthers(): readonly string[] {
    const spool = join(this.#folder, "spool");
    return readdirSync(spool).filter((name) => (statSync(join(spool, name)).mode & 0o077) !== 0);
  }

  #readReport(): string {
    const [name = ""] = readdirSync(join(this.#folder, "reports"));
    const text = readFileSync(join(this.#folder, "reports", name), "utf8");
    JSON.parse(text);
    return text;
  }

  async #get(path: string): Promise<string> {
    const authorization = `Basic ${Buffer.from(`admin:${this.#password}`).toString("base64")}`;
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, { headers: { authorization } });
    if (path !== "/events") return response.text();
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (/event: whole.*\n\n/s.test(text)) break;
    }
    return text;
  }

  /** The core's objects: a service for each line. */
  #objects(): string {
    const define = (kind: string, values: Readonly<Record<string, string>>) => {
      const lines = Object.entries(values).map(([key, value]) => `\t${key}\t${value}\n`);
      return `define ${kind} {\n${lines.join("")}\t}\n`;
    };
    const services = Object.entries(LINES).map(([name, line], at) => {
      const command = { command_name: `c${at}`, command_line: line(this.secrets.plant(`survey of ${name}`)) };
      const service = { host_name: "h", service_description: `s${at}`, check_command: `c${at}` };
      return define("command", command) + define("service", { ...service, check_interval: "1" });
    });
    return [define("host", { host_name: "h", address: "127.0.0.1" }), ...services].join("");
  }

  #config(): string {
    const file = (name: string) => join(this.#folder, name);
    return [
      `identifier=${this.identifier}`,
      ...["encryption=yes", `keyfile=${file("key")}`, `accepted_keyfile=${file("old.key")}`],
      ...["dupserver=tls://127.0.0.1:1", `dupserver_keyfile=${file("dup.key")}`],
      ...[
        `tls_ca_file=${file("client.crt")}`,
        `tls_certificate=${file("client.crt")}`,
        `tls_key=${file("client.key")}`,
      ],
      ...[
        "services=yes",
        "debug=2",
        "shutdown_timeout=4",
        "max-age=1000",
        "log_format=json",
        "control_socket=yes",
      ],
      ...[`secret_dir=${file("secrets")}`, `result_spool=${file("spool")}`, `pidfile=${file("worker.pid")}`],
      ...[`prometheus_server=127.0.0.1:${this.#port}`, "status_page=on", `status_page_auth=${file("users")}`],
      ...["native_checks=shadow", "shadow_share=100", `shadow_file=${file("shadow.jsonl")}`, "max-worker=20"],
      "",
    ].join("\n");
  }
}
