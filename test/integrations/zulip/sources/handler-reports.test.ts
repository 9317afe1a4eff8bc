import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SpoolFolder } from "../../../../integrations/spool/spool-folder.ts";
import { decodePost } from "../../../../integrations/zulip/notify/post-entry.ts";
import { followHandlerRuns } from "../../../../integrations/zulip/sources/handler-reports.ts";
import { renderRunReport } from "../../../../integrations/zulip/sources/render-run.ts";
import { RUN_TEXTS } from "../../../../integrations/zulip/sources/run-texts.ts";
import { type HandlerRun, renderRun } from "../../../../src/handlers/handler-run.ts";
import { createFolder } from "../../../support/folder.ts";
import { stubLog } from "../../../support/stub-log.ts";
import { FakeClock } from "../client/fake-clock.ts";

const RUN: HandlerRun = {
  time: "2026-11-26T08:00:00.123Z",
  worker: "gw",
  queue: "eventhandler",
  handler: "restart-service",
  host: "web1",
  service: "http",
  state: "CRITICAL",
  stateType: "HARD",
  attempt: 3,
  result: "failed",
  returnCode: 2,
  seconds: 1.25,
  output: "no such unit",
  command: "/p/restart-service",
};
const STYLE = { stream: "event-handlers", stage: "prod", texts: RUN_TEXTS.en };

describe("the report of a run", () => {
  it("stands in the topic of its handler, and says what it was for and how it ended", () => {
    expect(renderRunReport(RUN, STYLE)).toEqual({
      time: Date.parse(RUN.time),
      stream: "event-handlers",
      topic: "restart-service",
      content: `**FAILED** - restart-service - http - web1
State: CRITICAL HARD 3
Ended: return code 2, after 1.3 s
Output: no such unit
Stage: prod`,
      line: "<time:2026-11-26T08:00:00Z> **FAILED** - restart-service - http - web1: no such unit",
    });
  });

  it("of what was not run shows the command, in German too, and leaves out what is not known", () => {
    const { time, worker, queue, handler, command } = RUN;
    const run = { time, worker, queue, handler, command, result: "dry-run", seconds: 0, output: "" } as const;
    const style = { stream: "s", stage: "", texts: RUN_TEXTS.de };
    expect(renderRunReport(run, style).content).toBe(
      "**PROBELAUF** - restart-service\nBefehl: /p/restart-service",
    );
  });

  it("says the stage that the worker has told, before that of whoever reports it", () => {
    const style = { stream: "s", stage: "prod", texts: RUN_TEXTS.en };
    const stageOf = (run: HandlerRun) => /\nStage: (.*)/.exec(renderRunReport(run, style).content)?.[1];
    expect(stageOf({ ...RUN, stage: "dev" })).toBe("dev");
    expect(stageOf(RUN)).toBe("prod");
  });

  it("has nobody mentioned and no markup by what a handler prints", () => {
    const output = "@**all** see [here](http://x) `code` <img src=x>";
    const { content } = renderRunReport({ ...RUN, output, host: "@**all**" }, STYLE);
    expect(content).not.toMatch(/@\*\*all|\]\(|`|<img/);
  });
});

describe("reports of event handlers", () => {
  let folder: ReturnType<typeof createFolder>;
  let file: string;
  beforeEach(() => {
    folder = createFolder();
    file = join(folder.path, "handlers.jsonl");
  });
  afterEach(() => folder[Symbol.dispose]());

  async function follow(entries = 100, onlyFailures = false) {
    const spool = await SpoolFolder.open(join(folder.path, "spool"), {
      entries,
      bytes: 1e8,
      entryBytes: 65_536,
    });
    const [clock, log] = [new FakeClock(), stubLog()];
    const posts = async () => {
      const names = await spool.names();
      const read = await Promise.all(names.map((name) => spool.read(name)));
      return read.map((bytes) => decodePost(bytes ?? Buffer.alloc(0))?.content.split("\n")[0]);
    };
    /** Runs until it has waited so often. */
    const run = (sleeps: number, onSleep: () => Promise<void> = async () => {}) => {
      let left = sleeps;
      const own = new AbortController();
      const sleep = async (ms: number) => {
        await clock.sleep(ms);
        await onSleep();
        left -= 1;
        if (left === 0) own.abort();
      };
      const reporting = { file, style: STYLE, onlyFailures };
      return followHandlerRuns(
        { reporting, spool, log, clock: { now: clock.now, elapsed: clock.elapsed, sleep } },
        own.signal,
      );
    };
    return { spool, log, clock, posts, run };
  }

  const add = (...runs: readonly Partial<HandlerRun>[]) => {
    for (const more of runs) appendFileSync(file, renderRun({ ...RUN, ...more }));
  };

  it("are put into the spool, in their order, and once", async () => {
    const { run, posts, log } = await follow();
    await run(1);
    add({ handler: "a" }, { handler: "b" }, { handler: "a", result: "ok" });
    await run(1);
    await run(1);
    expect(await posts()).toEqual([
      "**FAILED** - a - http - web1",
      "**FAILED** - b - http - web1",
      "**OK** - a - http - web1",
    ]);
    expect(log.warn).not.toHaveBeenCalled();
  });

  it("may be those of failures alone", async () => {
    const { run, posts } = await follow(100, true);
    await run(1);
    add({ result: "ok" }, { result: "dry-run" }, { result: "refused" }, { result: "timed-out" });
    await run(1);
    expect(await posts()).toEqual([expect.stringContaining("REFUSED"), expect.stringContaining("TIMED OUT")]);
  });

  it("wait in the log while the spool is full, and none is lost", async () => {
    const { run, spool, log, posts } = await follow(2);
    await run(1);
    add({ handler: "a" }, { handler: "b" }, { handler: "c" });
    const taken: unknown[] = [];
    await run(3, async () => {
      taken.push(...(await posts()));
      for (const name of await spool.names()) await spool.remove(name);
    });
    expect(taken).toEqual(["a", "b", "c"].map((name) => `**FAILED** - ${name} - http - web1`));
    expect(log.warn).toHaveBeenCalledExactlyOnceWith({ file }, expect.stringContaining("is full"));
    expect(log.info).toHaveBeenCalledExactlyOnceWith("reports of event handlers are kept again");
  });

  it("leave out a line that is none, and say so", async () => {
    const { run, posts, log } = await follow();
    await run(1);
    writeFileSync(file, "not json\n");
    add({});
    await run(1);
    expect(await posts()).toHaveLength(1);
    expect(log.warn).toHaveBeenCalledOnce();
    expect(readdirSync(join(folder.path, "spool")).sort()).toContain("handler-log.json");
  });
});
