import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ALERT_GROUPS } from "../../src/metrics/alerts/alerts.ts";
import { ROWS, renderDashboard } from "../../src/metrics/dashboard/dashboard.ts";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Prometheus } from "../support/servers/prometheus.ts";
import { GO_QUERIES } from "./go-queries.ts";
import { type ObservedPrograms, startPrograms } from "./observed-programs.ts";
import { letAllHappen, type ObservedWorker } from "./observed-worker.ts";

const isPossible = hasServer("gearmand") && hasServer("prometheus") && hasServer("check_dummy");
const RULES = resolve("monitoring/prometheus/omd-worker.rules.yaml");

/** Grafana's variables, as they are at first. */
const VARIABLES = {
  $job: ".*",
  $instance: ".*",
  $queue: ".*",
  $__rate_interval: "5m",
  $__range: "5m",
} as const;

/** One of each program. */
const SCRAPED = [
  "gearman_worker_jobs_taken_total",
  "omd_perfdata_target_lines_written_total",
  "zulip_notifier_spool_oldest_seconds",
  "zulip_bot_last_contact_timestamp_seconds",
];

function filled(query: string): string {
  return Object.entries(VARIABLES).reduce((text, [name, value]) => text.replaceAll(name, value), query);
}

describe.skipIf(!isPossible)("a real Prometheus that scrapes a worker and the programs beside it", () => {
  const folder = createFolder();
  let gearmand: Gearmand;
  let observed: ObservedWorker;
  let programs: ObservedPrograms;
  let prometheus: Prometheus;
  beforeAll(async () => {
    gearmand = await startGearmand();
    observed = await letAllHappen(gearmand.port, folder.path);
    programs = await startPrograms(gearmand.port);
    const targets = [`127.0.0.1:${observed.port}`, ...programs.targets];
    prometheus = await Prometheus.start({ targets, rules: RULES });
    // A rate needs two scrapes.
    for (const metric of SCRAPED)
      await vi.waitFor(
        async () => {
          const [found] = await prometheus.query(`count_over_time(${metric}[5m])`);
          if ((found?.value ?? 0) < 3) throw new Error(`there are not enough values of ${metric} yet`);
        },
        { timeout: 30_000, interval: 200 },
      );
  }, 120_000);
  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await programs?.[Symbol.asyncDispose]();
    await observed?.[Symbol.asyncDispose]();
    await gearmand?.stop();
    folder[Symbol.dispose]();
  });

  it.each(Object.entries(GO_QUERIES))("answers what was asked of the Go worker: %s", async (_, query) => {
    expect(await prometheus.query(query)).not.toEqual([]);
  });

  it.each(
    ROWS.flatMap(({ panels }) =>
      panels.flatMap(({ title, queries }) => queries.map(({ expr }) => ({ title, expr }))),
    ),
  )("answers the panel $title: $expr", async ({ expr }) => {
    const found = await prometheus.query(filled(expr));
    if (SHOWS_ONLY_WHAT_HAPPENS.test(expr)) return;
    expect(found).not.toEqual([]);
  });

  it("answers the variables and annotations of the dashboard", async () => {
    const { templating, annotations } = JSON.parse(renderDashboard());
    const definitions = (templating.list as { definition?: string }[]).flatMap(
      ({ definition }) => definition ?? [],
    );
    for (const definition of definitions) {
      const [, query = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
      const path = `label/${label}/values?match[]=${encodeURIComponent(filled(query))}`;
      expect(await prometheus.get(path), definition).not.toEqual([]);
    }
    for (const { expr } of annotations.list) await prometheus.query(filled(expr));
  });

  it("has read all rules, and each can be evaluated", async () => {
    await vi.waitFor(
      async () => {
        const { groups } = (await prometheus.get("rules")) as {
          groups: { rules: { name: string; health: string; lastError?: string }[] }[];
        };
        const states = groups.flatMap(({ rules }) =>
          rules.map(({ name, health, lastError = "" }) => `${name} ${health} ${lastError}`.trim()),
        );
        const names = ALERT_GROUPS.flatMap(({ alerts }) => alerts.map(({ name }) => `${name} ok`));
        expect(states.toSorted()).toEqual(names.toSorted());
      },
      { timeout: 30_000, interval: 500 },
    );
  });

  it("has alerts for what has happened, and no others", async () => {
    const fire = async () => {
      const found = await prometheus.query('ALERTS{alertstate="firing"}');
      return found.map(({ labels }) => labels["alertname"]).toSorted();
    };
    await vi.waitFor(async () => expect(await fire()).toEqual(["OmdPluginMissing", "OmdReloadFailed"]), {
      timeout: 30_000,
      interval: 500,
    });
  });
});

/** A comparison filters: where nothing is wrong there is nothing. */
const SHOWS_ONLY_WHAT_HAPPENS = /> 0$/;
