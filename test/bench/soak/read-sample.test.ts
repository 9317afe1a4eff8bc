import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { processTree } from "../../../bench/processes/process-tree.ts";
import { readMallocMiB, readOwnFigures } from "../../../bench/soak/read-sample.ts";

/** As prom-client renders them. */
const METRICS = `# HELP nodejs_active_resources Number of active resources.
# TYPE nodejs_active_resources gauge
nodejs_active_resources{type="TCPSocketWrap"} 7
nodejs_active_resources{type="PipeWrap"} 2
nodejs_active_resources{type="Timeout"} 31

nodejs_heap_size_total_bytes 41943040
nodejs_heap_size_used_bytes 20971520
nodejs_external_memory_bytes 2097152
`;

it("the heap, buffers, timers and other handles are read from the metrics", () => {
  expect(readOwnFigures(METRICS)).toEqual({
    heapMiB: 20,
    v8MiB: 40,
    externalMiB: 2,
    timers: 31,
    handles: 9,
  });
});

it("a heap that the metrics do not tell is no number", () => {
  expect(readOwnFigures("")).toEqual({
    heapMiB: Number.NaN,
    v8MiB: Number.NaN,
    externalMiB: Number.NaN,
    timers: 0,
    handles: 0,
  });
});

it("malloc's memory is that of the heap's mapping, and no other", () => {
  const smaps = readFileSync("/proc/self/smaps", "latin1");
  const mapping = "0-1 rw-p 0 00:00 0    [heap]\nRss: 9 kB\nAnonymous:   5120 kB\nVmFlags: rd\n";
  const other = "1-2 rw-p 0 00:00 0 \nAnonymous:   7 kB\nVmFlags: rd\n";
  expect(readMallocMiB(other + mapping + other)).toBe(5);
  expect(readMallocMiB(other)).toBe(0);
  expect(readMallocMiB(smaps)).toBeGreaterThan(0);
});

it("a child that nobody has waited for is a zombie", async () => {
  // perl does not wait for its child; it says its number when the child's output has ended.
  const script = 'my $pid = open(my $out, "-|", "true"); <$out>; $| = 1; print "$pid\\n"; <STDIN>';
  const parent = spawn("perl", ["-e", script]);
  try {
    const [said] = await once(parent.stdout, "data");
    const child = Number(String(said));
    const untilZombie = () => processTree(parent.pid ?? 0).find(({ pid }) => pid === child);
    while (untilZombie()?.isZombie === false) await new Promise(setImmediate);
    expect(untilZombie()).toMatchObject({ pid: child, isZombie: true });
    expect(processTree(parent.pid ?? 0).filter(({ isZombie }) => isZombie)).toHaveLength(1);
  } finally {
    parent.stdin.end();
    await once(parent, "exit");
  }
});
