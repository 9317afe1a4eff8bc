import { readFileSync } from "node:fs";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { renderMetricsDocs } from "../../src/metrics/render-docs.ts";
import { METRICS, type MetricRow } from "../../src/metrics/table.ts";
import { createFolder } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";
import { letAllHappen, ObservedWorker } from "./observed-worker.ts";

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

  describe.skipIf(!hasServer("check_dummy"))("when everything has happened", () => {
    let text: string;
    beforeAll(async () => {
      using folder = createFolder();
      await using observed = await letAllHappen(gearmand.port, folder.path);
      text = await observed.scrape();
    }, 120_000);

    it("have every series of the table", () => {
      const missing = Object.values<MetricRow>(METRICS)
        .filter(
          ({ name, type }) =>
            !new RegExp(`^${name}${type === "histogram" ? "_bucket" : ""}[ {]`, "m").test(text),
        )
        .map(({ name }) => name);
      expect(missing).toEqual([]);
    });

    it("tell each job for what it was", () => {
      const server = `server="127.0.0.1:${gearmand.port}"`;
      expect(text.split("\n")).toEqual(
        expect.arrayContaining([
          'modgearmanworker_tasks_completed_total{type="service",exec="too_late"} 1',
          'modgearmanworker_tasks_completed_total{type="service",exec="bad_path"} 1',
          'modgearmanworker_tasks_completed_total{type="service",exec="internal"} 1',
          'modgearmanworker_tasks_completed_total{type="service",exec="shell"} 1',
          'gearman_worker_jobs_timed_out_total{queue="service"} 1',
          'gearman_worker_jobs_rejected_total{reason="too-old"} 1',
          'gearman_worker_jobs_refused_total{rule="outside-restrict-path"} 1',
          'gearman_worker_plugins_missing_total{check="no-such-plugin",reason="not-found"} 1',
          'gearman_worker_native_declined_total{check="check_tcp"} 1',
          "gearman_worker_config_last_reload_successful 0",
          `gearman_queue_workers{${server},queue="service"} 1`,
        ]),
      );
      expect(text).not.toContain('queue="worker_');
    });

    it("show names that are not ASCII as text", () => {
      expect(text).toMatch(/^modgearmanworker_info\{version="[^"]+",identifier="büro"\} 1$/m);
      expect(text).toMatch(/^gearman_worker_stage_info\{stage="prod"\} 1$/m);
      for (const name of [
        "gearman_worker_jobs_total",
        "gearman_worker_job_latency_seconds_count",
        "gearman_queue_workers",
      ])
        expect(text).toMatch(new RegExp(`^${name}\\{.*queue="hostgroup_München".*\\} 1$`, "m"));
      expect(text).not.toMatch(/Ã/);
    });
  });

  it.skipIf(!hasServer("promtool"))("are what Prometheus' own tool expects", async () => {
    await using observed = await ObservedWorker.start(gearmand.port, "hostgroups=München");
    await using core = new Core({ port: gearmand.port });
    await core.submit("service", serviceJob("plain", "/bin/echo fine"));
    await core.collected(1);
    const input = await observed.scrape();
    const { stdout, stderr } = await execa("promtool", ["check", "metrics"], { input, reject: false });
    const complaints = `${stdout}\n${stderr}`.split("\n");
    expect(complaints.filter((line) => line !== "" && line !== KNOWN_COMPLAINT)).toEqual([]);
  });

  it("stay as many with 10,000 hosts, and name none of them", async () => {
    await using observed = await ObservedWorker.start(gearmand.port, "native_checks=on", "max-worker=50");
    await using core = new Core({ port: gearmand.port });
    const job = (at: number) => ({
      ...serviceJob(`svc-${at}`, `/usr/lib/nagios/plugins/check_dummy 0 host-${at}`),
      host_name: `host-${at}`,
    });
    const few = Array.from({ length: 100 }, (_, at) => job(at));
    await core.submit("service", ...few);
    await core.collected(100);
    const before = (await observed.scrape()).split("\n").length;
    const many = Array.from({ length: 10_000 }, (_, at) => job(100 + at));
    await core.submit("service", ...many);
    await core.collected(10_100, { timeout: 150_000, interval: 100 });
    await observed.tells(/^gearman_worker_results_delivered_total 10100$/m);
    const text = await observed.scrape();
    // Node's own metrics name the kinds of handles and of collections that there were.
    expect(text.split("\n").length).toBeLessThan(before + 50);
    expect(text).not.toMatch(/host-\d|svc-\d/);
  }, 200_000);

  it("count what waits in the queues, and say when the worker takes nothing", async () => {
    await using observed = await ObservedWorker.start(
      gearmand.port,
      ...["identifier=metrics-drained", "control_socket=yes", "hostgroups=drained"],
    );
    await using core = new Core({ port: gearmand.port });
    const server = { host: "127.0.0.1", port: gearmand.port };
    await untilStatus(server, "service", { workers: 1 });
    const { stdout } = await execa("node", ["src/cli/omd-worker.ts", "drain", "identifier=metrics-drained"]);
    expect(stdout).toBe("the worker is drained");
    expect(await observed.get("/readyz")).toEqual({ code: 503, text: "the worker is drained\n" });
    expect((await observed.get("/livez")).code).toBe(200);
    await untilStatus(server, "service", { workers: 0 });
    await core.submit("service", serviceJob("one", "/bin/true"), serviceJob("two", "/bin/true"));
    await core.submit("hostgroup_drained", serviceJob("three", "/bin/true"));
    await core.submit("hostgroup_of_others", serviceJob("four", "/bin/true"));
    const queue = (name: string) => `{server="127.0.0.1:${gearmand.port}",queue="${name}"}`;
    await vi.waitFor(
      async () =>
        expect((await observed.scrape()).split("\n")).toEqual(
          expect.arrayContaining([
            `gearman_queue_jobs_waiting${queue("service")} 2`,
            `gearman_queue_jobs_waiting${queue("hostgroup_of_others")} 1`,
            "gearman_worker_queues_jobs_waiting 3",
            "gearman_worker_queues_jobs_running 0",
          ]),
        ),
      { timeout: 30_000, interval: 500 },
    );
    await execa("node", ["src/cli/omd-worker.ts", "resume", "identifier=metrics-drained"]);
    await core.collected(3);
  });
});
