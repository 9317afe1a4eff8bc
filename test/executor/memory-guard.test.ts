import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Executor } from "../../src/executor/executor.ts";
import { findMemory, MemoryGuard, type MemoryReading } from "../../src/executor/memory-guard.ts";
import { createFolder } from "../support/folder.ts";
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

describe("the reading", () => {
  const folder = createFolder();
  afterAll(() => folder[Symbol.dispose]());
  let number = 0;

  function readIn(self: string, files: Readonly<Record<string, string>>) {
    number += 1;
    const root = join(folder.path, String(number));
    for (const [path, text] of Object.entries({ ...files, "../self": self })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), `${text}\n`);
    }
    return findMemory({ self: join(root, "../self"), root })();
  }

  it.each<[string, string, Readonly<Record<string, string>>, MemoryReading | undefined]>([
    [
      "of a container, which sees its cgroup as the root",
      "0::/",
      { "memory.max": "1000", "memory.current": "600" },
      { limit: 1_000, used: 600 },
    ],
    [
      "of a service",
      "0::/system.slice/w.service",
      { "system.slice/w.service/memory.max": "1000", "system.slice/w.service/memory.current": "1" },
      { limit: 1_000, used: 1 },
    ],
    [
      "of the slice that the service is in",
      "0::/site.slice/w.service",
      {
        "site.slice/w.service/memory.max": "max",
        "site.slice/w.service/memory.current": "1",
        "site.slice/memory.max": "1000",
        "site.slice/memory.current": "2",
      },
      { limit: 1_000, used: 2 },
    ],
    [
      "is of the lower of two limits",
      "0::/",
      { "memory.max": "1000", "memory.high": "500", "memory.current": "1" },
      { limit: 500, used: 1 },
    ],
    [
      "leaves out what was read from files once it is nearly full",
      "0::/",
      {
        "memory.max": "1000",
        "memory.current": "950",
        "memory.stat": "anon 400\ninactive_file 500\nactive_file 50",
      },
      { limit: 1_000, used: 450 },
    ],
    [
      "of the old cgroups",
      "5:memory:/a\n0::/",
      { "memory/a/memory.limit_in_bytes": "1000", "memory/a/memory.usage_in_bytes": "7" },
      { limit: 1_000, used: 7 },
    ],
    [
      "of the old cgroups in a container, which knows another name",
      "5:cpu,memory:/docker/abc\n",
      { "memory/memory.limit_in_bytes": "1000", "memory/memory.usage_in_bytes": "7" },
      { limit: 1_000, used: 7 },
    ],
    [
      "of the old cgroups without a limit",
      "5:memory:/\n",
      { "memory/memory.limit_in_bytes": "9223372036854771712", "memory/memory.usage_in_bytes": "7" },
      undefined,
    ],
    ["without a limit", "0::/", { "memory.max": "max", "memory.current": "7" }, undefined],
    ["without cgroups", "", {}, undefined],
  ])("%s", (_, self, files, reading) => {
    expect(readIn(self, files)).toEqual(reading);
  });
});
