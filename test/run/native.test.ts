import { describe, expect, it, vi } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { type CheckContext, CheckDeclined, CheckFailure, type CheckOutput } from "../../sdk/index.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { Waits } from "../../sdk/waits.ts";
import type { Outcome } from "../../src/outcome/outcome.ts";
import { type NativeEnd, type NativeOutcome, type NativeRun, runNative } from "../../src/run/native.ts";
import type { NativeRoute, Route } from "../../src/run/routing/route.ts";
import { createRouter } from "../../src/run/routing/router.ts";
import { createShelf } from "../../src/run/shelf.ts";
import { checkLeaks } from "../support/leaks.ts";
import { knownAtOnce, nativeRoute } from "./native-route.ts";

checkLeaks();

const NESTED: Route = { via: "plugin", why: "", argv: ["/p/inner"], env: [] };

async function run(route: NativeRoute, given: Partial<NativeRun> = {}): Promise<NativeOutcome> {
  const { outcome } = await runToEnd(route, given);
  return outcome;
}

function runToEnd(route: NativeRoute, given: Partial<NativeRun> = {}): Promise<NativeEnd> {
  const log = { debug: vi.fn() };
  return runNative(route, {
    hide: (text) => text,
    timeoutMs: 60_000,
    log,
    shared: new SharedValues({ log: () => {} }),
    execute: () => Promise.reject(new Error("unasked")),
    ...given,
  });
}

/** A check that hangs, and ignores its deadline. */
const stuck = () => new Promise<never>(() => {});

describe("a check's answer is an outcome like a plugin's", () => {
  const said = (stdout: string, returnCode = 0, stderr = ""): Outcome => ({
    kind: "exited",
    returnCode,
    stdout,
    stderr,
  });

  it.each<[what: string, answer: CheckOutput, outcome: Outcome]>([
    ["state and output", { returnCode: 2, output: "CRITICAL|a=1\n" }, said("CRITICAL|a=1\n", 2)],
    ["stderr", { returnCode: 3, output: "", stderr: "oops" }, said("", 3, "oops")],
    ["bytes", { returnCode: 0, output: "\xff\xc3\x84" }, said("\xff\xc3\x84")],
    ["Unicode text as UTF-8", { returnCode: 0, output: "20 °C ≈ ok" }, said("20 \xc2\xb0C \xe2\x89\x88 ok")],
  ])("%s", async (_, answer, outcome) => {
    expect(await run(nativeRoute(() => answer))).toEqual(outcome);
    expect(await run(nativeRoute(async () => answer))).toEqual(outcome);
  });

  it.each([
    ["Tür offen", "T\xc3\xbcr offen"],
    ["20 °C ≈ ok", "20 \xc2\xb0C \xe2\x89\x88 ok"],
    [
      "a word of the command line: T\xc3\xbcr, and Tür ≈",
      "a word of the command line: T\xc3\xbcr, and T\xc3\xbcr \xe2\x89\x88",
    ],
    ["plain", "plain"],
  ])("the author of a check without a plugin writes Unicode: %s", async (text, stdout) => {
    const route = (answer: () => CheckOutput | Promise<never>) => {
      const made = nativeRoute(answer);
      return { ...made, check: { ...made.check, replaces: undefined } };
    };
    expect(await run(route(() => ({ returnCode: 0, output: text })))).toEqual(said(stdout));
    const failing = async () => {
      throw new CheckFailure(text, 2);
    };
    expect(await run(route(failing))).toEqual(said(stdout, 2));
  });

  it("CheckDeclined is no answer: the plugin has to answer", async () => {
    const declining = async () => {
      throw new CheckDeclined("no raw socket here");
    };
    expect(await run(nativeRoute(declining))).toEqual({ kind: "declined", reason: "no raw socket here" });
  });

  it("CheckFailure is an answer", async () => {
    const failing = async () => {
      throw new CheckFailure("no route to host", 2);
    };
    expect(await run(nativeRoute(failing))).toEqual(said("no route to host", 2));
  });

  it.each([
    undefined,
    null,
    {},
    { returnCode: "0", output: "" },
    { returnCode: 0 },
    { returnCode: 0.5, output: "" },
  ])("%j is no answer", async (junk) => {
    const outcome = await run(nativeRoute(() => junk as CheckOutput));
    const error = expect.objectContaining({
      message: "check_x gave no answer: its run has to return a report(), or { returnCode, output }",
    });
    expect(outcome).toEqual({ kind: "crashed", error });
  });

  it("an error is a crash, whether it is thrown at once or later", async () => {
    const error = new Error("a fault");
    const throwing = () => {
      throw error;
    };
    expect(await run(nativeRoute(throwing))).toEqual({ kind: "crashed", error });
    expect(await run(nativeRoute(() => Promise.reject(error)))).toEqual({ kind: "crashed", error });
  });
});

describe("the deadline", () => {
  it("ends a check that does not listen", async () => {
    const outcome = await run(nativeRoute(stuck), { timeoutMs: 1500 / 100 });
    expect(outcome).toEqual({ kind: "timed-out", after: 0.015, stdout: "", stderr: "" });
  });

  it("aborts the check's signal, and an answer after that is too late", async () => {
    let heard: AbortSignal | undefined;
    const listening = ({ signal }: CheckContext) => {
      heard = signal;
      return new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    expect(await run(nativeRoute(listening), { timeoutMs: 5 })).toMatchObject({ kind: "timed-out" });
    expect(heard?.aborted).toBe(true);
  });

  it("may be later than a timer can wait", async () => {
    const answer = () =>
      new Promise<CheckOutput>((resolve) => setImmediate(resolve, { returnCode: 0, output: "" }));
    expect(await run(nativeRoute(answer), { timeoutMs: 1e12 })).toMatchObject({ kind: "exited" });
    expect(await run(nativeRoute(answer), { timeoutMs: Number.POSITIVE_INFINITY })).toMatchObject({
      kind: "exited",
    });
  });
});

describe("the signal of the run", () => {
  it("ends a check", async () => {
    const abort = new AbortController();
    const outcome = run(nativeRoute(stuck), { signal: abort.signal });
    abort.abort("shutdown");
    expect(await outcome).toEqual({ kind: "crashed", error: "shutdown" });
  });

  it("keeps a check from starting", async () => {
    const started = vi.fn(stuck);
    expect(await run(nativeRoute(started), { signal: AbortSignal.abort("shutdown") })).toEqual({
      kind: "crashed",
      error: "shutdown",
    });
    expect(started).not.toHaveBeenCalled();
  });
});

it("adds the name of the check to its log lines", async () => {
  const log = { debug: vi.fn() };
  const answer = (context: CheckContext) => {
    context.log("connected");
    return { returnCode: 0, output: "" };
  };
  await run(nativeRoute(answer), { log });
  expect(log.debug).toHaveBeenCalledWith({ check: "check_x" }, "connected");
});

describe("the command of a check", () => {
  const executing = nativeRoute(async ({ execute }) => {
    const outcome = await execute({ timeoutMs: 700 });
    return { returnCode: 1, output: JSON.stringify(outcome) };
  }, NESTED);

  it("is run by the worker, with the check's signal", async () => {
    const outcome: Outcome = { kind: "signalled", signal: 9, stdout: "a", stderr: "b" };
    const execute = vi.fn<NonNullable<NativeRun["execute"]>>(async () => outcome);
    expect(await run(executing, { execute })).toMatchObject({ stdout: JSON.stringify(outcome) });
    expect(execute).toHaveBeenCalledWith(NESTED, { timeoutMs: 700, signal: expect.any(AbortSignal) });
  });

  it("is cancelled when the check is", async () => {
    const stopped = Promise.withResolvers<string>();
    const execute: NativeRun["execute"] = (_, { signal }) => {
      signal.addEventListener("abort", () => stopped.resolve("stopped"));
      return stuck();
    };
    expect(await run(executing, { execute, timeoutMs: 5 })).toMatchObject({ kind: "timed-out" });
    expect(await stopped.promise).toBe("stopped");
  });

  it.each<[what: string, inner: Outcome, outer: Outcome]>([
    [
      "that is refused: the reason",
      { kind: "refused", refusal: { rule: "nul-byte" } },
      { kind: "exited", returnCode: 3, stdout: "the command line contains a NUL byte", stderr: "" },
    ],
    [
      "that embedded Perl does not compile: what that says",
      { kind: "not-compiled", plugin: "/p/inner", complaint: "syntax error\n" },
      {
        kind: "exited",
        returnCode: 1,
        stderr: "",
        stdout: JSON.stringify({
          kind: "exited",
          returnCode: 3,
          stdout: '**ePN failed to compile /p/inner: "syntax error"',
          stderr: "",
        }),
      },
    ],
    ["that crashes: a crash", { kind: "crashed", error: "no shell" }, { kind: "crashed", error: "no shell" }],
  ])("%s", async (_, inner, outer) => {
    expect(await run(executing, { execute: async () => inner })).toEqual(outer);
  });

  it("must have been declared", async () => {
    const undeclared = nativeRoute(async ({ execute }) => ({
      returnCode: 0,
      output: String(await execute({ timeoutMs: 1 })),
    }));
    expect(await run(undeclared)).toMatchObject({ kind: "crashed", error: expect.any(Error) });
  });
});

it("runs negate around check_dummy in this process", async () => {
  const router = createRouter({
    shelf: createShelf(BUILTIN_CHECKS),
    identify: () => ({ kind: "replaced", why: "" }),
    switches: {
      mode: "on",
      speaksEnglish: true,
      only: [],
      except: [],
      experimental: [],
      internalOff: [],
    },
  });
  const execute: NonNullable<NativeRun["execute"]> = async (route, limits) => {
    if (route.via !== "native") throw new Error(route.why);
    const outcome = await run(route, { ...limits, execute });
    if (outcome.kind === "declined") throw new Error(outcome.reason);
    return outcome;
  };
  const commandLine = '/p/negate -sw UNKNOWN /p/negate -so WARNING /p/check_dummy 0 "all OK"';
  const route = knownAtOnce(router({ commandLine }));
  expect(await execute(route, { timeoutMs: 1000, signal: new AbortController().signal })).toEqual({
    kind: "exited",
    returnCode: 3,
    stdout: "UNKNOWN: all UNKNOWN\n",
    stderr: "",
  });
});

describe("what checks share", () => {
  it("is made once, and disposed of when the worker has stopped", async () => {
    const dispose = vi.fn();
    const POOL = { name: "pool", create: vi.fn(() => ({ [Symbol.dispose]: dispose })) };
    const shared = new SharedValues({ log: () => {} });
    const seen: unknown[] = [];
    const route = nativeRoute((context) => {
      seen.push(context.shared(POOL));
      return { returnCode: 0, output: "" };
    });
    await run(route, { shared });
    await run(route, { shared });
    expect(POOL.create).toHaveBeenCalledOnce();
    expect(seen[0]).toBe(seen[1]);
    await shared[Symbol.asyncDispose]();
    expect(dispose).toHaveBeenCalledOnce();
  });
});

describe("a wait inside the worker", () => {
  it("counts for no time-out of the job, and is told at the end", async () => {
    const waits = new Waits();
    const waiting = nativeRoute(async ({ signal }) => {
      using _waiting = waits.begin(signal);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { returnCode: 0, output: "in time" };
    });
    const { outcome, waitedMs } = await runToEnd(waiting, { timeoutMs: 100 });
    expect(outcome).toMatchObject({ stdout: "in time" });
    expect(waitedMs).toBeGreaterThan(290);
  });

  it("may be followed by a time-out", async () => {
    const waits = new Waits();
    const late = nativeRoute(async ({ signal }) => {
      waits.begin(signal)[Symbol.dispose]();
      return stuck();
    });
    expect(await run(late, { timeoutMs: 20 })).toMatchObject({ kind: "timed-out", after: 0.02 });
  });
});
