import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findMemory, type MemoryReading, readMemoryLimit } from "../../src/executor/cgroup-memory.ts";
import { createFolder } from "../support/folder.ts";

const NO_LIMIT = Number.POSITIVE_INFINITY;
const folder = createFolder();
afterAll(() => folder[Symbol.dispose]());
let number = 0;

/** A machine whose kernel says this of a process, with these files of cgroups. */
function placesOf(self: string, files: Readonly<Record<string, string>>) {
  number += 1;
  const root = join(folder.path, String(number));
  for (const [path, text] of Object.entries({ ...files, "../self": self })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
  return { self: join(root, "../self"), root };
}

describe("the reading", () => {
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
    expect(findMemory(placesOf(self, files))()).toEqual(reading);
  });
});

describe("the lowest limit", () => {
  it.each<[string, string, Readonly<Record<string, string>>, number | undefined]>([
    ["is that of a container", "0::/", { "memory.max": "1000" }, 1_000],
    [
      "is that of a slice with less than its service",
      "0::/a.slice/w.service",
      { "a.slice/w.service/memory.max": "1000", "a.slice/memory.max": "900" },
      900,
    ],
    ["is that of the old cgroups", "5:memory:/a\n0::/", { "memory/a/memory.limit_in_bytes": "1000" }, 1_000],
    [
      "is that of the old cgroups in a container, which knows another name",
      "5:cpu,memory:/docker/abc\n",
      { "memory/memory.limit_in_bytes": "1000" },
      1_000,
    ],
    ["is none where the kernel says max", "0::/", { "memory.max": "max" }, NO_LIMIT],
    [
      "is none where the old cgroups have a number that no machine has",
      "5:memory:/\n",
      { "memory/memory.limit_in_bytes": "9223372036854771712" },
      NO_LIMIT,
    ],
    ["is not known where no file tells it", "0::/", {}, undefined],
    ["is not known without cgroups", "", {}, undefined],
  ])("%s", (_, self, files, limit) => {
    expect(readMemoryLimit(placesOf(self, files))).toBe(limit);
  });
});
