import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { START_SNMP_AGENT } from "../../plugins/agent.ts";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { type Demo, startDemo } from "../../src/demo/demo.ts";
import { until } from "../support/gearman/actors.ts";
import { checkLeaks } from "../support/leaks.ts";
import { leftBehind, pipeDirectories } from "../support/processes/leftovers.ts";

checkLeaks();

/** The demo of a test that fails is stopped all the same. */
async function start(searchPath = process.env["PATH"] ?? ""): Promise<Demo & AsyncDisposable> {
  const { look, stop } = await startDemo({
    checks: BUILTIN_CHECKS,
    version: "1.2.3",
    startAgent: START_SNMP_AGENT,
    searchPath,
  });
  let stopped: Promise<void> | undefined;
  const once = () => (stopped ??= stop());
  return { look, stop: once, [Symbol.asyncDispose]: once };
}

function stateOf({ look }: Demo, host: string, service: string | undefined) {
  const found = look().states.find(({ object }) => object.host === host && object.service === service);
  if (found === undefined) throw new Error(`there is no ${host} ${service}`);
  return found;
}

/** What is wrong in the site on purpose. */
const PROBLEMS: readonly (readonly [host: string, service: string, returnCode: number, output: RegExp])[] = [
  ["app1", "checkout", 2, /^HTTP CRITICAL: HTTP\/1\.1 500 /],
  ["app1", "search", 1, /^HTTP WARNING: HTTP\/1\.1 200 OK/],
  ["files1", "nfs mount", 2, /\(Service Check Timed Out On Worker: /],
  ["lb1", "certificate", 1, /^WARNING - Certificate 'shop\.example' expires in 9 day\(s\)/],
  ["printer1", "toner yellow", 1, /^SNMP WARNING - yellow \*8\* %/],
  ["switch2", "port 7", 1, /^SNMP WARNING - status 1 errors \*43\*/],
];

it("checks a data centre in every way a check can go, and leaves nothing open", async () => {
  await using running = await start();
  await until(() => {
    const { runs, events, states } = running.look();
    expect(Object.keys(runs).sort()).toEqual(["native", "plugin", "shell", "warm"]);
    expect(events).toBeGreaterThan(0);
    expect(states.filter(({ returnCode }) => returnCode === undefined)).toEqual([]);
  });
  for (const [host, service, returnCode, output] of PROBLEMS)
    expect(stateOf(running, host, service)).toMatchObject({
      returnCode,
      output: expect.stringMatching(output),
    });
  expect(stateOf(running, "app1", "orders").output).toMatch(/^ORDERS OK - 17 orders wait/);
  expect(stateOf(running, "app1", "stock").output).toMatch(/^STOCK OK - 3 of 240 articles are low/);
  expect(stateOf(running, "web1", "certificate").output).toMatch(/^OK - Certificate 'web1\.shop\.example'/);
  expect(stateOf(running, "db1", "orders today").output).toMatch(/returned 1284/);
  expect(stateOf(running, "mail1", "clamd").output).toMatch(/^CLAMD OK/);

  const { results, submitted, resultsPerSecond, states } = running.look();
  expect(results).toBeGreaterThanOrEqual(states.length);
  expect(submitted).toBeGreaterThanOrEqual(results);
  expect(resultsPerSecond).toBeGreaterThan(0);

  await running.stop();
  expect(running.look().results).toBeGreaterThanOrEqual(results);
  expect(await leftBehind(() => pipeDirectories(process.pid))).toEqual([]);
});

it("has nothing wrong but what is wrong on purpose, once the cache is back", async () => {
  await using running = await start();
  await until(() => expect(running.look().events).toBeGreaterThan(0));
  await until(() => expect(stateOf(running, "cache1", "redis").returnCode).toBe(0));
  await until(() => {
    const wrong = running.look().states.filter(({ returnCode }) => returnCode !== 0);
    const names = wrong.map(({ object: { host, service } }) => `${host} ${service}`).sort();
    expect(names).toEqual(PROBLEMS.map(([host, service]) => `${host} ${service}`));
  });
  const { lastEvent } = running.look();
  expect(lastEvent?.object).toMatchObject({ host: "cache1", service: "redis" });
  const [, file = ""] = />(.*)$/.exec(lastEvent?.object.eventHandler ?? "") ?? [];
  expect(file).toContain("restart-redis");
  await running.stop();
  expect(existsSync(file.replace(/\/[^/]*$/, ""))).toBe(false);
});

it("leaves out what this machine has no program for", async () => {
  await using running = await start("/nowhere");
  const { missing, states } = running.look();
  expect(missing).toEqual([
    "pings: no perl",
    "monitor1 root disk: no df",
    "monitor1 memory: no awk",
    "monitor1 uptime: no cut",
  ]);
  expect(states.filter(({ object }) => object.service === "ping")).toEqual([]);
  await until(() =>
    expect(stateOf(running, "web1", undefined)).toMatchObject({
      returnCode: 0,
      output: expect.stringContaining("taken for up, as no pings can be sent here"),
    }),
  );
});

it("can be stopped at once", async () => {
  const running = await start();
  await running.stop();
  expect(await leftBehind(() => pipeDirectories(process.pid))).toEqual([]);
});
