import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Check, CheckContext, CheckOutput } from "../../../../sdk/check.ts";
import { CheckDeclined, CheckFailure } from "../../../../sdk/failure.ts";
import { Resolver } from "../../../../sdk/resolve.ts";
import { Unread, Unreadable } from "../../../../src/run/routing/unread.ts";
import { createRemoteCheck } from "../../../../src/run/site/threads/remote-check.ts";
import { SiteFolder } from "../../../../src/run/site/threads/site-folder.ts";
import { createFolder } from "../../../support/folder.ts";
import { stubLog } from "../../../support/stub-log.ts";
import { SITE_CHECK } from "./site-check.ts";

let folder: ReturnType<typeof createFolder>;
let path: string;
let log: ReturnType<typeof stubLog>;
let printed: string[];
let threads: SiteFolder;
let check: Check;
let readings = 0;

const lookup = vi.fn(async () => [{ address: "192.0.2.7", family: 4 }]);

async function load(text = SITE_CHECK) {
  writeFileSync(path, text);
  readings += 1;
  const file = { path, url: `${pathToFileURL(path)}?omd-worker=${readings}` };
  const answer = await threads.load(file);
  const [facts] = answer.kind === "loaded" ? answer.checks : [];
  if (facts !== undefined) check = createRemoteCheck(threads, file, facts);
  return answer;
}

beforeEach(async () => {
  folder = createFolder();
  path = join(folder.path, "check_x.ts");
  log = stubLog();
  printed = [];
  threads = new SiteFolder({
    log,
    resolver: () => new Resolver(lookup),
    onDebug: () => {},
    onPrinted: (text) => printed.push(text),
    memoryMib: 96,
    busySeconds: 2,
  });
  await load();
});
afterEach(async () => {
  await threads.stop();
  folder[Symbol.dispose]();
});

const execute = vi.fn<CheckContext["execute"]>(async () => ({
  kind: "exited",
  returnCode: 0,
  stdout: "of the command",
  stderr: "",
}));

function contextOf({
  signal,
  log = () => {},
}: Partial<Pick<CheckContext, "signal" | "log">> = {}): CheckContext {
  const shared = () => {
    throw new Error("the thread has values of its own");
  };
  return { signal: signal ?? new AbortController().signal, log, execute, shared };
}

async function understand(...argv: readonly string[]) {
  for (;;) {
    try {
      return check.understand(argv);
    } catch (error) {
      if (error instanceof Unreadable) throw error.fault;
      if (!(error instanceof Unread)) throw error;
      await error.reading;
    }
  }
}

async function run(line: string, context = contextOf()): Promise<CheckOutput> {
  const understood = await understand(...line.split(" "));
  if (understood === undefined) throw new Error("not understood");
  return understood.run(context);
}

/** The output of a run, or the message of its error. */
const told = (line: string, context?: CheckContext) =>
  run(line, context).then(
    ({ output }) => output,
    (error: Error) => error.message,
  );

const logged = () => log.error.mock.calls.map(([line]) => `${line}`);

describe("a check in a thread", () => {
  it("answers, and understands or does not", async () => {
    expect(await told("ok")).toBe("OK ok");
    expect(await understand("unknown")).toBeUndefined();
    expect(() => check.understand(["never asked"])).toThrow(Unread);
    expect(await understand("rate", "5")).toMatchObject({ keepsState: true });
    expect(await understand("command", "/bin/echo", "a")).toMatchObject({
      command: { words: ["/bin/echo", "a"] },
    });
  });

  it("throws what it threw in its thread", async () => {
    await expect(run("fail")).rejects.toSatisfy(
      (error) => error instanceof CheckFailure && error.message === "no luck" && error.state === 1,
    );
    await expect(run("decline")).rejects.toSatisfy(
      (error) => error instanceof CheckDeclined && error.otherwise?.message === "own words",
    );
    const fault: unknown = await run("fault").catch((error: unknown) => error);
    expect(fault).toMatchObject({
      message: "a fault",
      stack: expect.stringContaining("check_x.ts?omd-worker"),
    });
  });

  it.each(["nothing", "function"])("that gives %s gives no return code and output", async (what) => {
    const { returnCode, output } = await run(what);
    expect([returnCode, output]).toContain(undefined);
  });

  it("logs, prints, executes its command and keeps what it shares", async () => {
    const lines: string[] = [];
    await run("log", contextOf({ log: (text) => lines.push(text) }));
    expect(lines).toEqual(["a line"]);
    await run("print");
    await vi.waitFor(() => expect(printed.join("")).toContain("printed"));
    expect(await told("command /bin/true")).toBe("of the command");
    expect([await told("count"), await told("count")]).toEqual(["1", "2"]);
  });

  it("warns the operator of what it shares", async () => {
    await run("warn");
    expect(log.warn).toHaveBeenCalledWith("the counter is full");
    expect(await told("ok")).toBe("OK ok");
  });

  it("asks the worker for addresses", async () => {
    expect(await told("resolve host.example")).toBe("192.0.2.7");
    expect(lookup).toHaveBeenCalledWith("host.example", 4);
  });

  it("is told when its time is up", async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    const running = told("hang", contextOf({ signal: controller.signal, log: (text) => lines.push(text) }));
    await vi.waitFor(() => expect(lines).toEqual(["it hangs"]), { timeout: 20_000 });
    controller.abort("time is up");
    expect(await running).toBe("aborted");
  });

  it.each([
    ["kill", "a check must not send a signal to the worker"],
    ["abort", "process.abort() is not supported in workers"],
    ["chdir", "process.chdir() is not supported in workers"],
  ])("cannot %s the worker", async (what, message) => {
    expect(await told(what)).toBe(message);
    expect(await told("ok")).toBe("OK ok");
  });
});

const BUSY = "it kept its thread busy for 2 seconds without a pause";

describe("a check that ends its thread", () => {
  it.each<[word: string, did: string | RegExp]>([
    ["exit", "it called process.exit(2)"],
    ["exit-late", "it called process.exit(2)"],
    ["throw", /nothing caught its error "in a callback" at \/.*check_x\.ts:[0-9]+/],
    ["reject", /nothing caught its error "of a promise" at \/.*check_x\.ts:[0-9]+/],
    ["loop", BUSY],
    ["loop-late", BUSY],
    ["child", BUSY],
    // On a busy machine it may take longer than two seconds to fill the memory.
    ["eat", /it took more than 96 MiB of memory|without a pause/],
    ["eat-buffers", /it took more than 96 MiB of memory|without a pause/],
    ["eat-late", "it took more than 96 MiB of memory"],
  ])("by %s fails and is named, and no other one is wrong", async (word, did) => {
    const around = ["wait 10", "wait 200", "wait 1500", "fail"];
    const before = around.map((line) => told(line));
    const culprit = told(word);
    const after = Array.from({ length: 50 }, () => told("ok"));
    expect(await culprit).toMatch(/^check_x has ended its thread: /);
    expect(await culprit).toMatch(did);
    expect(await Promise.all(before)).toEqual(["OK wait", "OK wait", "OK wait", "no luck"]);
    expect(new Set(await Promise.all(after))).toEqual(new Set(["OK ok"]));
    expect(logged().at(-1)).toContain(`check_x of ${path} has ended its thread`);
    expect(await told("ok")).toBe("OK ok");
  });

  it("knows each line before it is asked for it by its number, however busy it is", async () => {
    const busy = Array.from({ length: 500 }, () => told("ok"));
    const lines = Array.from({ length: 100 }, (_, at) => `wait 0.${at}`);
    const thrice = lines.flatMap((line) => [told(line), told(line), told(line)]);
    expect(new Set(await Promise.all(thrice))).toEqual(new Set(["OK wait"]));
    expect(new Set(await Promise.all(busy))).toEqual(new Set(["OK ok"]));
  });

  it("holds no answer that was there before", async () => {
    await Promise.all([understand("ok"), understand("loop")]);
    const quick = told("ok");
    const loop = told("loop");
    expect(await quick).toBe("OK ok");
    // Otherwise it would have been run again in another thread, which the log tells.
    expect(log.warn).not.toHaveBeenCalled();
    expect(await loop).toContain(BUSY);
  });

  it("while it reads its words fails, too", async () => {
    expect(await told("loop-reading")).toContain(BUSY);
    expect(await told("ok")).toBe("OK ok");
  });

  it("lets none be run twice that keeps a state", async () => {
    const rate = told("rate 1000000");
    await understand("exit");
    await told("exit");
    expect(await rate).toContain("check_x was interrupted, and is not run twice: check_x ended its thread");
  });

  it("lets no command be executed twice", async () => {
    execute.mockClear();
    const command = told("command-late /bin/true");
    await vi.waitFor(() => expect(execute).toHaveBeenCalledOnce());
    await told("exit");
    expect(await command).toBe("of the command");
    expect(execute).toHaveBeenCalledOnce();
  });
});

describe("a file that ends its thread three times in a row", () => {
  const endThrice = async () => {
    for (const word of ["exit", "exit-late", "exit"]) await told(word);
  };

  it("is set aside until it changes", async () => {
    await endThrice();
    expect(logged().at(-1)).toBe(
      `${path} is set aside until it changes, it has ended its thread three times in a row`,
    );
    expect(threads.setAside).toEqual([
      { path, why: expect.stringContaining("process.exit(2)"), since: expect.any(Number) },
    ]);
    await expect(run("ok")).rejects.toSatisfy(
      (error) =>
        error instanceof CheckDeclined && error.message.startsWith(`${path} is set aside until it changes`),
    );
    await load();
    expect(threads.setAside).toEqual([]);
    expect(await told("ok")).toBe("OK ok");
  });

  it("is not, if it has answered in between", async () => {
    await told("exit");
    await told("exit");
    await told("ok");
    await told("exit");
    expect(threads.setAside).toEqual([]);
  });
});

describe("a file that ends the thread which loads it", () => {
  it.each([
    ["process.exit(0);", "it called process.exit(0)"],
    ["for (;;);", BUSY],
  ])("by %s is refused", async (text, did) => {
    const answer = await load(`\n${text}`);
    expect(answer).toEqual({ kind: "refused", fault: expect.stringContaining(`${path}: ${did}`) });
  });
});

it("stops while a check loops, and while one waits for a child", async () => {
  const running = [told("loop-late"), told("child")];
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalled(), { timeout: 20_000 });
  await threads.stop();
  expect(new Set(await Promise.all(running))).toEqual(new Set(["the worker stops"]));
});

it("keeps no process alive, and wakes no thread, while nothing is asked", async () => {
  await told("ok");
  await once(new EventTarget(), "never", { signal: AbortSignal.timeout(500) }).catch(() => {});
  expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout")).toEqual([]);
});
