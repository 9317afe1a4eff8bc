import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConfigDiff } from "../../../src/config/diff.ts";
import { ConfigError, error as readError, warning as readWarning } from "../../../src/config/problem.ts";
import { createReload } from "../../../src/worker/process/reload.ts";
import { handleSignals } from "../../../src/worker/process/signals.ts";
import type { Worker } from "../../../src/worker/worker.ts";
import { loadMinimal } from "../../support/config/load-memory.ts";
import { stubLog } from "../../support/stub-log.ts";

const UNCHANGED: ConfigDiff = { live: [], reconnect: [], restart: [] };
const { config: CONFIG } = loadMinimal([]);

/** The test's own process gets no signal: what would handle one is kept here. */
const handlers = new Map<string | symbol, (name: string) => void>();

beforeEach(() => {
  vi.spyOn(process, "on").mockImplementation((name, handler) => {
    handlers.set(name, handler);
    return process;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  handlers.clear();
});

function send(name: NodeJS.Signals): void {
  const handler = handlers.get(name);
  if (handler === undefined) throw new Error(`nobody handles ${name}`);
  handler(name);
}

function handle() {
  const stopped = Promise.withResolvers<boolean>();
  const worker = {
    running: 3,
    stop: vi.fn(() => stopped.promise),
    kill: vi.fn(),
    reload: vi.fn(() => UNCHANGED),
  };
  const log = stubLog();
  const reload = vi.fn(() => CONFIG);
  const reopenLog = vi.fn();
  const onEnd = vi.fn();
  const ours = worker as unknown as Worker;
  const { ended } = handleSignals({
    worker: ours,
    log,
    reload: createReload({ worker: ours, log, read: reload }),
    reopenLog,
    onEnd,
  });
  return { worker, log, reload, reopenLog, onEnd, ended, stopped };
}

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (name) => {
  it("stops the worker, which ends when it has stopped", async () => {
    const { worker, log, ended, stopped } = handle();
    send(name);
    expect(worker.stop).toHaveBeenCalledOnce();
    expect(worker.kill).not.toHaveBeenCalled();
    expect(log.info.mock.calls).toEqual([[`got ${name}, finishing 3 running jobs`]]);

    const isEnded = vi.fn();
    void ended.then(isEnded);
    await Promise.resolve();
    expect(isEnded).not.toHaveBeenCalled();
    stopped.resolve(true);
    expect(await ended).toBe(true);
  });

  it("tells whether every result was delivered", async () => {
    const { ended, stopped } = handle();
    send(name);
    stopped.resolve(false);
    expect(await ended).toBe(false);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("and then %s ends it at once", (second) => {
    const { worker, log } = handle();
    send(name);
    send(second);
    expect(worker.kill).toHaveBeenCalledOnce();
    expect(worker.stop).toHaveBeenCalledOnce();
    expect(log.warn.mock.calls).toEqual([[`got ${second} again, quitting at once`]]);
  });
});

it("tells once that the worker ends", () => {
  const { onEnd } = handle();
  expect(onEnd).not.toHaveBeenCalled();
  send("SIGTERM");
  send("SIGTERM");
  expect(onEnd).toHaveBeenCalledOnce();
});

describe("SIGUSR1", () => {
  it("opens the log file anew, and reloads nothing", () => {
    const { log, reopenLog, reload } = handle();
    send("SIGUSR1");
    expect(reopenLog).toHaveBeenCalledOnce();
    expect(reload).not.toHaveBeenCalled();
    expect(log.info.mock.calls).toEqual([["got SIGUSR1, the log is open anew"]]);
  });

  it("leaves the old one in use if that cannot be", () => {
    const { log, reopenLog } = handle();
    const error = new Error("no space left");
    reopenLog.mockImplementation(() => {
      throw error;
    });
    send("SIGUSR1");
    expect(log.error.mock.calls).toEqual([
      [{ err: error }, "got SIGUSR1, cannot open the log file anew: the old one stays in use"],
    ]);
  });
});

describe("SIGHUP", () => {
  it("gives the worker its new configuration, and says that nothing has changed", () => {
    const { worker, log, reload } = handle();
    send("SIGHUP");
    expect(reload).toHaveBeenCalledOnce();
    expect(worker.reload.mock.calls).toEqual([[CONFIG]]);
    expect(log.info.mock.calls).toEqual([
      ["got SIGHUP, reloading configuration"],
      ["reloading config was successful, changed: nothing"],
    ]);
    expect(log.warn).not.toHaveBeenCalled();
  });

  it("says what has changed and what needs a restart", () => {
    const { worker, log } = handle();
    worker.reload.mockReturnValue({
      live: ["max-worker", "debug"],
      reconnect: ["server"],
      restart: ["pidfile", "logfile"],
    });
    send("SIGHUP");
    expect(log.info).toHaveBeenLastCalledWith(
      "reloading config was successful, changed: max-worker, debug, server",
    );
    expect(log.warn.mock.calls).toEqual([["these changes need a restart of the worker: pidfile, logfile"]]);
  });

  it("keeps the old configuration when the new one is wrong", () => {
    const { worker, log, reload } = handle();
    const error = new Error("encryption: 'maybe' is neither yes nor no");
    reload.mockImplementation(() => {
      throw error;
    });
    send("SIGHUP");
    expect(worker.reload).not.toHaveBeenCalled();
    expect(log.error.mock.calls).toEqual([[{ err: error }, "reload config failed, check your config"]]);
    send("SIGHUP");
    expect(reload).toHaveBeenCalledTimes(2);
  });

  it("tells each problem of the new configuration on a line of its own", () => {
    const { log, reload } = handle();
    const problems = [
      { ...readError("one"), file: "/w.conf", line: 1 },
      { ...readWarning("two"), file: "/w.conf", line: 2 },
    ];
    reload.mockImplementation(() => {
      throw new ConfigError(problems);
    });
    send("SIGHUP");
    expect(log.error.mock.calls).toEqual([
      ["reload config failed, check your config: the worker goes on with what it has read before"],
      ["/w.conf:1: one"],
    ]);
    expect(log.warn.mock.calls).toEqual([["/w.conf:2: two"]]);
  });

  it("is ignored once the worker is ending", () => {
    const { reload } = handle();
    send("SIGTERM");
    send("SIGHUP");
    expect(reload).not.toHaveBeenCalled();
  });
});
