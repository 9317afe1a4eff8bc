import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { renderMetricsDocs } from "../../src/metrics/render-docs.ts";
import { METRICS, type MetricRow } from "../../src/metrics/table.ts";
import { createFolder } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

/** Promtool does not like it, and it is the Go worker's name. */
const KNOWN_COMPLAINT = 'modgearmanworker_workers_total non-counter metrics should not have "_total" suffix';

it("the documentation of the metrics is that of their table", () => {
  expect(readFileSync("docs/metrics.md", "utf8")).toBe(renderMetricsDocs());
});

describe.skipIf(!hasServer("gearmand"))("the metrics of a worker on a real gearmand", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  async function start(...options: readonly string[]) {
    const port = await freePort();
    const worker = await startWorker(
      [gearmand.port],
      ["services=yes", `prometheus_server=127.0.0.1:${port}`, ...options],
    );
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { code: response.status, text: await response.text() };
    };
    const scrape = async () => (await get("/metrics")).text;
    return { worker, get, scrape, port };
  }

  it("have every series of the table after a run", async () => {
    using folder = createFolder();
    const config = join(folder.path, "worker.conf");
    writeFileSync(
      config,
      `native_checks=on\nnative_checks_only=check_dummy\nmax-age=1000\ndupserver=127.0.0.1:1\nrestrict_path=/bin/\n`,
    );
    const { worker, get, scrape } = await start(`config=${config}`);
    await using _worker = worker;
    await using core = new Core({ port: gearmand.port });
    await vi.waitFor(async () => expect((await get("/readyz")).code).toBe(200));
    await core.submit(
      "service",
      serviceJob("plain", "/bin/echo fine"),
      serviceJob("wrong", "/bin/false"),
      serviceJob("refused", "/usr/bin/id"),
      { ...serviceJob("late", "/bin/echo never"), core_time: 1_000 },
      { ...serviceJob("slow", "/bin/sleep 30"), timeout: 3 },
    );
    await core.submitRaw("service", Buffer.from("junk"));
    await vi.waitFor(async () =>
      expect(await scrape()).toMatch(/^gearman_worker_jobs_in_flight\{queue="service"\} 1$/m),
    );
    await core.collected(5);
    await vi.waitFor(async () =>
      expect(await scrape()).toMatch(/^gearman_worker_results_delivered_total 5$/m),
    );
    writeFileSync(config, "encryption=maybe\n");
    worker.signal("SIGHUP");
    await worker.logged("reload config failed");
    const text = await scrape();
    const missing = Object.values<MetricRow>(METRICS)
      .filter(
        ({ name, type }) =>
          !new RegExp(`^${name}${type === "histogram" ? "_bucket" : ""}[ {]`, "m").test(text),
      )
      .map(({ name }) => name);
    expect(missing).toEqual(UNSEEN);
    expect(text).toMatch(/^modgearmanworker_tasks_completed_total\{type="service",exec="too_late"\} 1$/m);
    expect(text).toMatch(/^modgearmanworker_tasks_completed_total\{type="service",exec="bad_path"\} 1$/m);
    expect(text).toMatch(/^modgearmanworker_tasks_completed_total\{type="service",exec="exec"\} 3$/m);
    expect(text).toMatch(/^gearman_worker_jobs_timed_out_total\{queue="service"\} 1$/m);
    expect(text).toMatch(/^gearman_worker_jobs_rejected_total\{reason="(?!too-old).+"\} 1$/m);
    expect(text).toMatch(/^gearman_worker_config_last_reload_successful 0$/m);
    expect(text).toMatch(
      new RegExp(`^gearman_queue_workers\\{server="127.0.0.1:${gearmand.port}",queue="service"\\} 1$`, "m"),
    );
    expect(text).not.toContain("worker_queue");
  });

  it.skipIf(!hasServer("promtool"))("are what Prometheus' own tool expects", async () => {
    const { worker, scrape } = await start();
    await using _worker = worker;
    await using core = new Core({ port: gearmand.port });
    await core.submit("service", serviceJob("plain", "/bin/echo fine"));
    await core.collected(1);
    const input = await scrape();
    const { stdout, stderr } = await execa("promtool", ["check", "metrics"], { input, reject: false });
    const complaints = `${stdout}\n${stderr}`.split("\n");
    expect(complaints.filter((line) => line !== "" && line !== KNOWN_COMPLAINT)).toEqual([]);
  });

  it("count what waits in the queues, and say when the worker takes nothing", async () => {
    const { worker, get, scrape } = await start("identifier=metrics-drained", "control_socket=yes");
    await using _worker = worker;
    await using core = new Core({ port: gearmand.port });
    const server = { host: "127.0.0.1", port: gearmand.port };
    await untilStatus(server, "service", { workers: 1 });
    const { stdout } = await execa("node", ["src/cli/omd-worker.ts", "drain", "identifier=metrics-drained"]);
    expect(stdout).toBe("the worker is drained");
    expect(await get("/readyz")).toEqual({ code: 503, text: "the worker is drained\n" });
    expect((await get("/livez")).code).toBe(200);
    await untilStatus(server, "service", { workers: 0 });
    await core.submit("service", serviceJob("one", "/bin/true"), serviceJob("two", "/bin/true"));
    const waiting = new RegExp(
      `^gearman_queue_jobs_waiting\\{server="127.0.0.1:${gearmand.port}",queue="service"\\} 2$`,
      "m",
    );
    await vi.waitFor(async () => expect(await scrape()).toMatch(waiting), { timeout: 30_000, interval: 500 });
    await execa("node", ["src/cli/omd-worker.ts", "resume", "identifier=metrics-drained"]);
    await core.collected(2);
  });
});

/** Series that need more than this run: a native check that waits or declines, shadow mode. */
const UNSEEN = [
  "gearman_worker_native_declined_total",
  "gearman_worker_server_lost_total",
  "gearman_worker_waiting_checks",
  "gearman_worker_waits_total",
  "gearman_worker_wait_seconds_total",
  "gearman_worker_shadow_runs_total",
];
