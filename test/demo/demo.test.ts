import { expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { type Demo, startDemo } from "../../src/demo/demo.ts";
import { OBJECTS } from "../../src/demo/objects.ts";
import { until } from "../support/gearman/actors.ts";
import { checkLeaks } from "../support/leaks.ts";
import { leftBehind, pipeDirectories } from "../support/processes/leftovers.ts";

checkLeaks();

/** The demo of a test that fails is stopped all the same. */
async function start(): Promise<Demo & AsyncDisposable> {
  const { look, stop } = await startDemo({ checks: BUILTIN_CHECKS, version: "1.2.3" });
  let stopped: Promise<void> | undefined;
  const once = () => (stopped ??= stop());
  return { look, stop: once, [Symbol.asyncDispose]: once };
}

function stateOf({ look }: Demo, name: string) {
  const found = look().states.find(({ object }) => object.service === name);
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
}

it("shows every way a check can go, and leaves nothing open", async () => {
  await using running = await start();
  await until(() => {
    const { runs, events, states } = running.look();
    expect(runs).toEqual({
      native: expect.any(Number),
      plugin: expect.any(Number),
      shell: expect.any(Number),
    });
    expect(events).toBeGreaterThan(0);
    expect(states.filter(({ returnCode }) => returnCode === undefined)).toEqual([]);
  });

  expect(stateOf(running, "failing")).toMatchObject({ returnCode: 2, output: "CRITICAL: always" });
  expect(stateOf(running, "negated")).toMatchObject({ returnCode: 0, output: "OK: should be OK" });
  expect(stateOf(running, "kernel").output).toMatch(/^Linux /);
  expect(stateOf(running, "quoted words").output).toBe("OK - quoted a pipe | in quotes");
  expect(stateOf(running, "two lines").output).toBe("OK - first line\\nsecond line");
  expect(stateOf(running, "missing plugin")).toMatchObject({
    returnCode: 2,
    output: expect.stringContaining("Return code of 127 is out of bounds."),
  });
  expect(stateOf(running, "hanging")).toMatchObject({
    returnCode: 2,
    output: expect.stringContaining("(Service Check Timed Out On Worker: "),
  });

  const { results, submitted, resultsPerSecond, via } = running.look();
  expect(results).toBeGreaterThanOrEqual(OBJECTS.length);
  expect(submitted).toBeGreaterThanOrEqual(results);
  expect(resultsPerSecond).toBeGreaterThan(0);
  expect(via.get("/bin/uname -sr")).toBe("plugin");

  await running.stop();
  const after = running.look();
  expect(after.results).toBeGreaterThanOrEqual(results);
  expect(await leftBehind(() => pipeDirectories(process.pid))).toEqual([]);
});

it("can be stopped at once", async () => {
  const running = await start();
  await running.stop();
  expect(await leftBehind(() => pipeDirectories(process.pid))).toEqual([]);
});
