import { describe, expect, it } from "vitest";
import type { MemoryReading } from "../../src/executor/cgroup-memory.ts";
import { Executor } from "../../src/executor/executor.ts";
import { MemoryGuard } from "../../src/executor/memory-guard.ts";
import { stubLog } from "../support/stub-log.ts";

const MIB = 2 ** 20;

/** A cgroup of 256 MiB: the worker takes 64, each command so many, a second after its start. */
class Pod {
  nowMs = 0;
  readonly starts: number[] = [];
  readonly guard: MemoryGuard;
  readonly #needMib: number;

  constructor(needMib: number) {
    this.#needMib = needMib;
    this.guard = new MemoryGuard({
      running: () => this.starts.length,
      now: () => this.nowMs,
      read: () => ({ limit: 256 * MIB, used: this.usedMib * MIB }),
    });
  }

  get usedMib(): number {
    return 64 + this.#needMib * this.starts.filter((startMs) => this.nowMs - startMs >= 900).length;
  }

  /** Starts as many as it may, at most so many. Returns how many it were. */
  start(most: number): number {
    let started = 0;
    while (started < most && this.guard.lack() === undefined) {
      this.starts.push(this.nowMs);
      started += 1;
    }
    return started;
  }

  end(count: number): void {
    this.starts.splice(0, count);
  }
}

describe("the guard", () => {
  it("lets everything start where there is no limit", () => {
    const guard = new MemoryGuard({ running: () => 10_000, read: () => undefined });
    for (let start = 0; start < 1_000; start += 1) expect(guard.lack()).toBeUndefined();
  });

  it("lets one start where nothing runs, even if all is used", () => {
    const guard = new MemoryGuard({ running: () => 0, read: () => ({ limit: MIB, used: MIB }) });
    expect(guard.lack()).toBeUndefined();
  });

  it("says what is missing", () => {
    const guard = new MemoryGuard({ running: () => 1, read: () => ({ limit: 256 * MIB, used: 250 * MIB }) });
    expect(guard.lack()).toBe("the memory limit of this worker's cgroup is nearly reached");
  });

  it.each([1, 4, 12, 16])("keeps a pod below its limit if commands need %i MiB", (needMib) => {
    const pod = new Pod(needMib);
    let most = 0;
    let ended = 0;
    for (; pod.nowMs < 60_000; pod.nowMs += 50) {
      pod.start(200 - pod.starts.length);
      if (pod.nowMs % 2_000 === 0) {
        ended += pod.starts.length;
        pod.end(pod.starts.length);
      }
      most = Math.max(most, pod.usedMib);
    }
    expect(most).toBeLessThanOrEqual(256);
    expect(ended).toBeGreaterThan(60);
  });

  it("learns that commands need little, so all slots are used", () => {
    const pod = new Pod(0.2);
    const first = pod.start(200);
    expect(first).toBeLessThan(12);
    for (; pod.nowMs < 10_000; pod.nowMs += 50) pod.start(200 - pod.starts.length);
    expect(pod.starts).toHaveLength(200);
  });

  it("learns it of commands that end at once, too", () => {
    const pod = new Pod(0.2);
    let most = 0;
    for (; pod.nowMs < 20_000; pod.nowMs += 50) {
      pod.end(pod.starts.length - 9);
      most = pod.start(200 - pod.starts.length);
    }
    expect(most).toBeGreaterThan(100);
  });

  it("asks for the reading once for several commands", () => {
    let readings = 0;
    const read = (): MemoryReading => {
      readings += 1;
      return { limit: 1_024 * MIB, used: 64 * MIB };
    };
    const guard = new MemoryGuard({ running: () => 0, now: () => 0, read });
    for (let start = 0; start < 40; start += 1) guard.lack();
    expect(readings).toBe(5);
  });
});

it("a command that finds no memory is not started, and can be tried again", async () => {
  let usedMib = 10;
  const readMemory = () => ({ limit: 256 * MIB, used: usedMib * MIB });
  const executor = new Executor({ log: stubLog(), warm: 1, idleTimeout: 0, readMemory });
  await executor.start();
  try {
    const run = (line: string) => executor.run({ via: "shell", commandLine: line, env: [] }, 10);
    const first = run("sleep 0.3; echo first");
    usedMib = 250;
    await expect.poll(() => run("echo second").then(({ kind }) => kind)).toBe("not-started");
    expect(await first).toMatchObject({ kind: "exited", stdout: "first\n" });
    expect(await run("echo third")).toMatchObject({ kind: "exited", stdout: "third\n" });
  } finally {
    await executor.stop();
  }
});
