import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import type { Alert } from "../../src/metrics/alerts/alert.ts";
import { ALERT_GROUPS } from "../../src/metrics/alerts/alerts.ts";
import { createFolder } from "../support/folder.ts";
import { hasServer } from "../support/servers/installed.ts";
import { ALERT_CASES, type AlertCase, type Series } from "./alert-cases.ts";

const RULES = resolve("monitoring/prometheus/omd-worker.rules.yaml");
const ALERTS: readonly Alert[] = ALERT_GROUPS.flatMap(({ alerts }) => alerts);

async function promtool(...words: readonly string[]): Promise<string> {
  const { all, exitCode } = await execa("promtool", words, { all: true, reject: false });
  return exitCode === 0 ? "" : all;
}

it("every alert has cases in which it fires, and keeps silent", () => {
  expect(Object.keys(ALERT_CASES)).toEqual(ALERTS.map(({ name }) => name));
  for (const { silent } of Object.values(ALERT_CASES)) expect(Object.keys(silent)).not.toEqual([]);
});

describe.skipIf(!hasServer("promtool"))("to Prometheus' own tool", () => {
  it("the rules are right", async () => {
    expect(await promtool("check", "rules", RULES)).toBe("");
  });

  it("each alert fires when it should, says what it should, and else keeps silent", async () => {
    using folder = createFolder();
    const file = join(folder.path, "tests.yaml");
    // JSON is YAML, too.
    const tests = ALERTS.flatMap(testsOf);
    writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: "1m", tests }));
    expect(await promtool("test", "rules", file)).toBe("");
  });

  it("an alert that does not do what it should is found out", async () => {
    using folder = createFolder();
    const file = join(folder.path, "tests.yaml");
    const [alert] = ALERTS;
    const tests = alert && [testOf(alert, "fires", { series: {}, at: 1, alerts: [{ exp_labels: {} }] })];
    writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: "1m", tests }));
    expect(await promtool("test", "rules", file)).toContain("FAILED");
  });
});

function testsOf(alert: Alert): readonly object[] {
  const { fires, silent } = caseOf(alert);
  const expected = { exp_labels: labelsOf(alert, fires), exp_annotations: textsOf(alert, fires) };
  return [
    testOf(alert, "fires", { ...fires, alerts: [expected] }),
    ...Object.entries(silent).map(([name, one]) => testOf(alert, name, { ...one, alerts: [] })),
  ];
}

function caseOf({ name }: Alert): AlertCase {
  const found = ALERT_CASES[name];
  if (found === undefined) throw new Error(`no case of ${name}`);
  return found;
}

interface Moment {
  readonly series: Series;
  readonly at: number;
  readonly alerts: readonly object[];
}

function testOf({ name: alertname }: Alert, name: string, { series, at, alerts }: Moment): object {
  return {
    name: `${alertname}: ${name}`,
    interval: "1m",
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    alert_rule_test: [{ alertname, eval_time: `${at}m`, exp_alerts: alerts }],
  };
}

function labelsOf({ severity }: Alert, { labels }: AlertCase["fires"]): object {
  return { severity, ...labels };
}

/** The texts, filled in as Prometheus should. */
function textsOf({ summary, description, action }: Alert, { labels, value }: AlertCase["fires"]): object {
  const filled = Object.entries({ summary, description, action }).map(([key, text]) => [
    key,
    text
      .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
      .replace(/\{\{ \$value[^}]*\}\}/g, () => value ?? "no value is given"),
  ]);
  return Object.fromEntries(filled);
}
