import { describe, expect, it, vi } from "vitest";
import { type Check, CheckDeclined, CheckFailure, CRITICAL } from "../../sdk/index.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { Waits } from "../../sdk/waits.ts";
import type { Command } from "../../src/executor/command.ts";
import { decodeJob } from "../../src/job/decode.ts";
import type { Outcome } from "../../src/outcome/outcome.ts";
import type { NativeRoute, Route } from "../../src/run/routing/route.ts";
import { createRunner } from "../../src/run/run.ts";
import type { Shadow } from "../../src/run/shadow.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";
import { nativeRoute } from "./native-route.ts";

checkLeaks();

const SERVICE = decodeJob("type=service\nhost_name=web1\nservice_description=Ping\ncommand_line=/p/x\n");
const NOTIFICATION = decodeJob(
  "type=notification\nhost_name=web1\ncommand_line=/p/mail\nplugin_output=down\nlong_plugin_output=for long\n",
);
const HOST_VARIABLES = [
  ["NAGIOS_HOSTOUTPUT", "down"],
  ["NAGIOS_LONGHOSTOUTPUT", "for long"],
];
const SAID: Outcome = { kind: "exited", returnCode: 1, stdout: "said", stderr: "" };
const TIMEOUT = 30;

const PLUGIN: Route = { via: "plugin", why: "", argv: ["/p/x", "a b"], env: [["LANG", "C"]] };
const SHELL: Route = { via: "shell", why: "", commandLine: "/p/x | cat" };
const NUL_BYTE = { rule: "nul-byte" } as const;
const REFUSED: Route = { via: "refuse", why: "", refusal: NUL_BYTE };

/** A runner whose router always gives this route, and the executor that it asks. */
function createWith(route: Route, prepare?: (check: Check) => Promise<void> | undefined) {
  const run = vi.fn((_command: Command, _timeout: number, _signal?: AbortSignal) => Promise.resolve(SAID));
  const router = vi.fn(() => route);
  const log = stubLog();
  const shared = new SharedValues({ log: () => {} });
  const onDeclined = vi.fn();
  const findMarks = () => undefined;
  const shadow = { follow: vi.fn<Shadow["follow"]>() };
  const runner = createRunner({
    router,
    executor: { run },
    shared,
    log,
    findMarks,
    onDeclined,
    shadow,
    prepare,
  });
  return { runner, run, router, log, onDeclined, shadow };
}

/** A check that answers with the output of its command, as negate does. */
function passingOn(nested: Route, timeoutMs = 60_000): NativeRoute {
  return nativeRoute(async ({ execute }) => {
    const outcome = await execute({ timeoutMs });
    if (outcome.kind !== "exited") return { returnCode: 3, output: outcome.kind };
    return { returnCode: outcome.returnCode, output: `passed on: ${outcome.stdout}` };
  }, nested);
}

describe("a job's command", () => {
  it("takes the route that the router gives", async () => {
    const { runner, router } = createWith(PLUGIN);
    expect(await runner(SERVICE, TIMEOUT)).toEqual({ outcome: SAID, via: "plugin", why: "" });
    expect(router.mock.calls).toEqual([[SERVICE]]);
  });

  it.each<[string, Route, Command]>([
    [
      "words are given to a shell as words",
      PLUGIN,
      { via: "plugin", argv: ["/p/x", "a b"], env: [["LANG", "C"]] },
    ],
    ["a line is given to a shell as it stands", SHELL, { via: "shell", commandLine: "/p/x | cat", env: [] }],
  ])("%s, with the job's time", async (_, route, command) => {
    const { runner, run } = createWith(route);
    expect(await runner(SERVICE, TIMEOUT)).toEqual({ outcome: SAID, via: route.via, why: "" });
    expect(run.mock.calls.map(([given, timeout]) => [given, timeout])).toEqual([[command, TIMEOUT]]);
  });

  it("is not run when it is refused", async () => {
    const { runner, run } = createWith(REFUSED);
    expect(await runner(SERVICE, TIMEOUT)).toEqual({
      outcome: { kind: "refused", refusal: NUL_BYTE },
      via: "refuse",
      why: "",
    });
    expect(run).not.toHaveBeenCalled();
  });

  it("is answered in this process by a native check", async () => {
    const { runner, run, log } = createWith(
      nativeRoute(async (context) => {
        context.log("asked");
        return { returnCode: 0, output: "OK" };
      }),
    );
    expect(await runner(SERVICE, TIMEOUT)).toEqual({
      outcome: { kind: "exited", returnCode: 0, stdout: "OK", stderr: "" },
      via: "native",
      why: "",
    });
    expect(run).not.toHaveBeenCalled();
    expect(log.debug).toHaveBeenCalledWith({ check: "check_x" }, "asked");
  });

  it("waits for the next turn of the event loop if a native check has used up this one", async () => {
    const order: string[] = [];
    const { runner } = createWith(
      nativeRoute(async () => {
        order.push("check");
        for (const endMs = performance.now() + 20; performance.now() < endMs; );
        return { returnCode: 0, output: "OK" };
      }),
    );
    setImmediate(() => order.push("others"));
    await Promise.all([runner(SERVICE, TIMEOUT), runner(SERVICE, TIMEOUT)]);
    expect(order).toEqual(["check", "others", "check"]);
  });

  it("is ended at the job's time-out if a native check answers", async () => {
    vi.useFakeTimers();
    try {
      const { runner } = createWith(nativeRoute(() => new Promise<never>(() => {})));
      const ran = runner(SERVICE, TIMEOUT);
      await vi.advanceTimersByTimeAsync(TIMEOUT * 1_000);
      expect(await ran).toEqual({
        outcome: { kind: "timed-out", after: TIMEOUT, stdout: "", stderr: "" },
        via: "native",
        why: "",
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a native check", () => {
  it("is run when it is prepared, with all of its time", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const answer = vi.fn(() => ({ returnCode: 0, output: "fine" }));
    const prepare = vi.fn<(check: Check) => Promise<void> | undefined>().mockReturnValueOnce(promise);
    const { runner } = createWith(nativeRoute(answer), prepare);
    const running = runner(SERVICE, TIMEOUT);
    await new Promise((done) => setImmediate(done));
    expect(answer).not.toHaveBeenCalled();
    resolve();
    expect((await running).outcome).toMatchObject({ kind: "exited", stdout: "fine" });
  });
});

describe("a notification's variables", () => {
  it("are given to a shell's line", async () => {
    const { runner, run } = createWith(SHELL);
    await runner(NOTIFICATION, TIMEOUT);
    expect(run.mock.calls[0]?.[0]).toEqual({
      via: "shell",
      commandLine: "/p/x | cat",
      env: HOST_VARIABLES,
    });
  });

  it("are given to a plugin before those of the command line, which override them", async () => {
    const { runner, run } = createWith(PLUGIN);
    await runner(NOTIFICATION, TIMEOUT);
    expect(run.mock.calls[0]?.[0]).toEqual({
      via: "plugin",
      argv: ["/p/x", "a b"],
      env: [...HOST_VARIABLES, ["LANG", "C"]],
    });
  });

  it("are given to the command of a native check, too", async () => {
    const { runner, run } = createWith(passingOn(SHELL));
    await runner(NOTIFICATION, TIMEOUT);
    expect(run.mock.calls[0]?.[0]).toMatchObject({ env: HOST_VARIABLES });
  });
});

describe("the command of a native check", () => {
  it.each<[string, Route, string]>([
    ["is run by a shell", PLUGIN, "passed on: said"],
    ["may be native itself", passingOn(SHELL), "passed on: passed on: said"],
  ])("%s", async (_, nested, stdout) => {
    const { runner, run } = createWith(passingOn(nested));
    expect(await runner(SERVICE, TIMEOUT)).toEqual({
      outcome: { kind: "exited", returnCode: 1, stdout, stderr: "" },
      via: "native",
      why: "",
    });
    expect(run).toHaveBeenCalledOnce();
  });

  it.each([
    ["the time the check gives it", 11_000, 11],
    ["but never more than the job has", 90_000, TIMEOUT],
  ])("has %s", async (_, timeoutMs, timeout) => {
    const { runner, run } = createWith(passingOn(PLUGIN, timeoutMs));
    await runner(SERVICE, TIMEOUT);
    expect(run.mock.calls.map(([, given]) => given)).toEqual([timeout]);
  });

  it("gets the signal of the check, so it is cancelled with it", async () => {
    const signals: AbortSignal[] = [];
    const { runner, run } = createWith(
      nativeRoute(async ({ signal, execute }) => {
        signals.push(signal);
        await execute({ timeoutMs: 1_000 });
        return { returnCode: 0, output: "" };
      }, PLUGIN),
    );
    await runner(SERVICE, TIMEOUT);
    expect(run.mock.calls[0]?.[2]).toBe(signals[0]);
  });

  it("is refused as any other", async () => {
    const { runner, run } = createWith(passingOn(REFUSED));
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({
      outcome: { kind: "exited", returnCode: 3, stdout: "the command line contains a NUL byte" },
    });
    expect(run).not.toHaveBeenCalled();
  });
});

describe("the command of a native check that was ended by a signal", () => {
  it.each([PLUGIN, passingOn(PLUGIN)])("is told, whatever the check makes of it", async (nested) => {
    const { runner, run } = createWith(passingOn(nested));
    run.mockResolvedValue({ ...SAID, returnCode: 143 });
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({ via: "native", isNestedCutOff: true });
  });
});

describe("what could not be started", () => {
  const LACK = "no memory is left";
  const NOT_STARTED: Outcome = { kind: "not-started", lack: LACK };
  const noFiles = () => Object.assign(new Error("connect EMFILE"), { code: "EMFILE" });
  const OUT_OF_FILES = { kind: "not-started", lack: "this process has no file descriptors left (ulimit -n)" };

  it.each([
    ["a command", PLUGIN],
    ["the command of a native check", passingOn(PLUGIN)],
    ["the plugin of a check that declined", nativeRoute(() => Promise.reject(new CheckDeclined("not here")))],
  ])("is told: %s", async (_, route) => {
    const { runner, run } = createWith(route);
    run.mockResolvedValue(NOT_STARTED);
    expect((await runner(SERVICE, TIMEOUT)).outcome).toEqual(NOT_STARTED);
  });

  const short = nativeRoute(() => Promise.reject(new CheckDeclined("no sockets", { cause: noFiles() })));
  const failing = nativeRoute(() => Promise.reject(noFiles()));
  it.each([
    ["declines for want of file descriptors, without a plugin", { ...short, hasNoPlugin: true }],
    ["fails for want of file descriptors, without a plugin", { ...failing, hasNoPlugin: true }],
    ["fails for want of file descriptors, and keeps state", { ...failing, keepsState: true }],
    ["fails for want of file descriptors, and has a command", { ...failing, nested: PLUGIN }],
  ])("is a native check that %s", async (_, route) => {
    expect((await createWith(route).runner(SERVICE, TIMEOUT)).outcome).toEqual(OUT_OF_FILES);
  });

  it.each([short, failing])("is no native check whose plugin can answer", async (route) => {
    expect(await createWith(route).runner(SERVICE, TIMEOUT)).toMatchObject({ outcome: SAID, via: "plugin" });
  });
});

describe("a native check that declines", () => {
  const declining = nativeRoute(async () => {
    throw new CheckDeclined("no raw socket here");
  });

  it("is replaced by its plugin, in the time that is left", async () => {
    vi.useFakeTimers();
    try {
      const slow = nativeRoute(async () => {
        await new Promise((resolve) => setTimeout(resolve, 12_000));
        throw new CheckDeclined("too much for me");
      });
      const { runner, run } = createWith(slow);
      const ran = runner(SERVICE, TIMEOUT);
      await vi.advanceTimersByTimeAsync(12_000);
      expect(await ran).toMatchObject({ outcome: SAID, via: "plugin" });
      expect(run.mock.calls).toEqual([
        [{ via: "plugin", argv: ["/p/check_x"], env: [] }, expect.closeTo(TIMEOUT - 12, 1), undefined],
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells the reason", async () => {
    const { runner, onDeclined } = createWith(declining);
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({
      why: "the native check declined: no raw socket here",
    });
    expect(onDeclined.mock.calls).toEqual([["check_x", "no raw socket here"]]);
  });

  it("gives UNKNOWN if there is no plugin", async () => {
    const { runner, run } = createWith({ ...declining, hasNoPlugin: true });
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({
      outcome: {
        kind: "refused",
        refusal: {
          rule: "no-plugin",
          check: "check_x",
          declined: "no raw socket here",
          path: "/p/check_x",
        },
      },
      via: "native",
    });
    expect(run).not.toHaveBeenCalled();
  });

  it("gives its own answer without a plugin, if it has one", async () => {
    const otherwise = new CheckFailure("no handshake", CRITICAL);
    const prepared = nativeRoute(async () => {
      throw new CheckDeclined("the plugin says more", { otherwise });
    });
    const own: Outcome = { kind: "exited", returnCode: 2, stdout: "no handshake", stderr: "" };
    const without = createWith({ ...prepared, hasNoPlugin: true });
    expect(await without.runner(SERVICE, TIMEOUT)).toEqual({ outcome: own, via: "native", why: "" });
    expect(without.onDeclined).not.toHaveBeenCalled();
    const { runner, run } = createWith(prepared);
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({ outcome: SAID, via: "plugin" });
    expect(run).toHaveBeenCalledOnce();
  });

  it("is replaced as the command of another check, too", async () => {
    const { runner, run } = createWith(passingOn(declining));
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({
      outcome: { kind: "exited", stdout: "passed on: said" },
      via: "native",
    });
    expect(run).toHaveBeenCalledOnce();
  });

  it("does not change the time-out in the plugin's outcome", async () => {
    const { runner, run } = createWith(declining);
    run.mockResolvedValue({ kind: "timed-out", after: 29.9, stdout: "", stderr: "" });
    expect((await runner(SERVICE, TIMEOUT)).outcome).toMatchObject({ after: TIMEOUT });
  });
});

describe("a native check that fails", () => {
  const failing = nativeRoute(async () => {
    throw new TypeError("a fault of ours");
  });

  it("is replaced by its plugin", async () => {
    const { runner, run, onDeclined } = createWith(failing);
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({ outcome: SAID, via: "plugin" });
    expect(run).toHaveBeenCalledOnce();
    expect(onDeclined.mock.calls).toEqual([["check_x", "it failed: TypeError: a fault of ours"]]);
  });

  it.each([
    ["there is no plugin", { hasNoPlugin: true }],
    ["it may have left something behind", { keepsState: true }],
    ["it may have run its command", { nested: PLUGIN }],
  ])("is not replaced if %s", async (_, more) => {
    const { runner, run } = createWith({ ...failing, ...more });
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({ outcome: { kind: "crashed" }, via: "native" });
    expect(run).not.toHaveBeenCalled();
  });
});

describe("in shadow mode", () => {
  const native = nativeRoute(async () => ({ returnCode: 0, output: "native" }));
  const shadowed: Route = { ...native.fallback, shadow: native };

  it("the plugin's answer is used, and the shadow may ask for the native one", async () => {
    const { runner, shadow } = createWith(shadowed);
    expect(await runner(SERVICE, TIMEOUT)).toMatchObject({ outcome: SAID, via: "plugin" });
    const [job, route, plugin, run] = shadow.follow.mock.calls[0] ?? [];
    expect([job, route, plugin]).toEqual([SERVICE, native, SAID]);
    expect(await run?.(new AbortController().signal)).toMatchObject({ stdout: "native" });
  });

  it("a check that declines is not replaced by its plugin", async () => {
    const declining = nativeRoute(async () => {
      throw new CheckDeclined("not here");
    });
    const { runner, run: execute, shadow } = createWith({ ...native.fallback, shadow: declining });
    await runner(SERVICE, TIMEOUT);
    const run = shadow.follow.mock.calls[0]?.[3];
    expect(await run?.(new AbortController().signal)).toEqual({ kind: "declined", reason: "not here" });
    expect(execute).toHaveBeenCalledOnce();
  });

  it("a route without a native check has no shadow", async () => {
    const { runner, shadow } = createWith(PLUGIN);
    await runner(SERVICE, TIMEOUT);
    expect(shadow.follow).not.toHaveBeenCalled();
  });
});

it("a plugin that answers after a wait inside the worker has the whole time of its job", async () => {
  const waits = new Waits();
  const waiting = nativeRoute(async ({ signal }) => {
    using _waiting = waits.begin(signal);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    throw new CheckDeclined("too many at a time");
  });
  const { runner, run } = createWith(waiting);
  expect((await runner(SERVICE, 1)).outcome).toEqual(SAID);
  expect(run.mock.calls[0]?.[1]).toBeGreaterThan(0.2);
});

it("a wait inside the worker of a check's command counts for neither of them", async () => {
  const waits = new Waits();
  const waiting = nativeRoute(async ({ signal }) => {
    using _waiting = waits.begin(signal);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return { returnCode: 0, output: "in time" };
  });
  const { runner } = createWith(passingOn(waiting, 500));
  expect((await runner(SERVICE, 1)).outcome).toMatchObject({ stdout: "passed on: in time" });
});
