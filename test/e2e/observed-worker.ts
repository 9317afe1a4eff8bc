import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { freePort } from "../support/free-port.ts";
import { writePair } from "../support/gearman/tls-gearmand.ts";
import { type RunningWorker, startWorker } from "../support/processes/worker.ts";
import { inDays } from "../support/servers/certificates.ts";
import { Core, serviceJob } from "./core.ts";

/** The queue of a host group whose name is not ASCII, as its bytes. */
export const HOST_GROUP_QUEUE = "hostgroup_M\xc3\xbcnchen";

const PLUGINS = "/usr/lib/nagios/plugins";
const SHARED = "max-age=1000\ndupserver=tls://127.0.0.1:1\nhostgroups=München\n";
const NATIVE = `${SHARED}native_checks=on\nnative_checks_only=check_dummy,check_tcp\nrestrict_path=/bin/\nrestrict_path=${PLUGINS}/\n`;
const SHADOW = `${SHARED}native_checks=shadow\nshadow_share=100\n`;
const BROKEN = "encryption=maybe\n";

/** A worker that serves metrics. */
export class ObservedWorker implements AsyncDisposable {
  readonly worker: RunningWorker;
  readonly port: number;

  private constructor(worker: RunningWorker, port: number) {
    this.worker = worker;
    this.port = port;
  }

  static async start(gearmandPort: number, ...options: readonly string[]): Promise<ObservedWorker> {
    const port = await freePort();
    const all = ["services=yes", `prometheus_server=127.0.0.1:${port}`, ...options];
    return new ObservedWorker(await startWorker([gearmandPort], all), port);
  }

  async get(path: string): Promise<{ readonly code: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`);
    return { code: response.status, text: await response.text() };
  }

  async scrape(): Promise<string> {
    return (await this.get("/metrics")).text;
  }

  /** Resolves when a line of the metrics is so. */
  async tells(line: RegExp): Promise<void> {
    await vi.waitFor(
      async () => {
        if (!line.test(await this.scrape())) throw new Error(`no line of the metrics is ${line}`);
      },
      { timeout: 30_000, interval: 200 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker[Symbol.asyncDispose]();
  }
}

/** Starts a worker and lets everything happen that its metrics tell. `folder` is for its configuration. */
export async function letAllHappen(gearmandPort: number, folder: string): Promise<ObservedWorker> {
  const config = join(folder, "worker.conf");
  writeFileSync(config, NATIVE);
  const client = join(folder, "client");
  writePair(client, { commonNames: ["worker"], notAfter: inDays(100) });
  const tls = [`tls_ca_file=${client}.crt`, `tls_certificate=${client}.crt`, `tls_key=${client}.key`];
  const named = ["identifier=büro", "stage=prod", "queue_max_worker=service:10", "eventhandler=yes"];
  const observed = await ObservedWorker.start(gearmandPort, `config=${config}`, ...named, ...tls);
  const { worker, port } = observed;
  await using core = new Core({ port: gearmandPort });
  await vi.waitFor(async () => {
    if ((await observed.get("/readyz")).code !== 200) throw new Error("the worker is not ready");
  });
  await core.submit(HOST_GROUP_QUEUE, serviceJob("group", `${PLUGINS}/check_dummy 0 fine`));
  await core.submit(
    "service",
    serviceJob("plain", "/bin/echo fine"),
    serviceJob("wrong", "/bin/false"),
    serviceJob("missing", "/bin/no-such-plugin"),
    serviceJob("refused", "/usr/bin/id"),
    serviceJob("declined", `${PLUGINS}/check_tcp -H 127.0.0.1 -p ${port} -S`),
    { ...serviceJob("late", "/bin/echo never"), core_time: 1_000 },
    { ...serviceJob("slow", "/bin/sleep 30"), timeout: 3 },
  );
  await core.submitRaw("service", Buffer.from("junk"));
  await core.submit("eventhandler", { type: "eventhandler", command_line: "/bin/true" });
  await observed.tells(/^gearman_worker_jobs_in_flight\{queue="service"\} 1$/m);
  await core.collected(8);
  await observed.tells(/^gearman_worker_event_handlers_total\{handler="true",result="ok"\} 1$/m);
  writeFileSync(config, SHADOW);
  worker.signal("SIGHUP");
  await observed.tells(/^gearman_worker_config_reloads_total\{result="reloaded"\} 1$/m);
  await core.submit(
    "service",
    serviceJob("shadowed", `${PLUGINS}/check_dummy 0 fine`),
    serviceJob("shell", "/bin/echo fine | /bin/cat"),
  );
  await core.collected(10);
  await observed.tells(/^gearman_worker_shadow_runs_total\{check="check_dummy",result="agreed"\} 1$/m);
  await observed.tells(/^gearman_worker_results_delivered_total 10$/m);
  writeFileSync(config, BROKEN);
  worker.signal("SIGHUP");
  await observed.tells(/^gearman_worker_config_reloads_total\{result="failed"\} 1$/m);
  return observed;
}
