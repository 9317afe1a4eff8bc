import { setImmediate as turn } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { FREE_BYTES, OutputRoom, roomOf } from "../../src/executor/output-room.ts";
import { exited, startShells } from "./warm-shells.ts";

const MIB = 2 ** 20;

it("the room is a share of the memory, between two limits", () => {
  expect([0, 64, 256, 512, 1024, 65_536].map((mib) => roomOf(mib * MIB) / MIB)).toEqual([
    64, 8, 16, 32, 64, 64,
  ]);
});

it("if the room is full of what runs have read, the first that asks may go on, and no other", async () => {
  const room = new OutputRoom(10);
  const [first, second] = [{}, {}];
  expect([first, second].map((run) => room.admits(run))).toEqual([true, true]);
  room.read(12);
  expect([first, second, first].map((run) => room.admits(run))).toEqual([true, false, true]);
  room.ended(first, 4);
  await turn();
  expect(
    [second, first].map((run) => room.admits(run)),
    "8 of 10",
  ).toEqual([true, true]);
  room.read(2);
  expect(
    [second, first].map((run) => room.admits(run)),
    "another is the first",
  ).toEqual([true, false]);
});

it("if the room is full of results, no run may go on until they have left", async () => {
  const room = new OutputRoom(10, () => {});
  const left = Promise.withResolvers<void>();
  const held = room.hold(10, left.promise);
  expect(room.admits({})).toBe(false);
  left.resolve();
  await held;
  expect(room.admits({})).toBe(true);
});

it("a result that is given up leaves its room, and its failure is told", async () => {
  const room = new OutputRoom(10, () => {});
  await expect(room.hold(10, Promise.reject(new Error("given up")))).rejects.toThrow("given up");
  expect(room.admits({})).toBe(true);
});

it("what results leave behind is collected when it is as much as the room", async () => {
  const collect = vi.fn();
  const room = new OutputRoom(10, collect);
  for (const [bytes, collections] of [
    [6, 0],
    [6, 1],
    [6, 1],
    [6, 2],
  ] as const) {
    await room.hold(bytes, Promise.resolve());
    expect(collect).toHaveBeenCalledTimes(collections);
  }
});

it("plugins that print more than there is room for wait for one another, and lose nothing", async () => {
  const room = new WatchedRoom(100_000);
  await using pool = await startShells({ room });
  const outcomes = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      pool.plugin(["/bin/sh", "-c", `head -c 3000000 /dev/zero | tr '\\0' ${i}`]),
    ),
  );
  expect(outcomes).toEqual(outcomes.map((_, i) => exited(0, `${i}`.repeat(3_000_000))));
  // One that goes on, and what the others had read in a single look before there was no room.
  expect(room.most).toBeLessThan(6 * 3_000_000);
  expect(room.refused).toBeGreaterThan(0);
  await turn();
  expect(room.now).toBe(0);
});

it("the time in which a plugin waits for room is not its own", async () => {
  const room = new WatchedRoom(1);
  const left = Promise.withResolvers<void>();
  const held = room.hold(1, left.promise);
  room.onRefused = () => room.refused > 100 && left.resolve(); // it is looked at every 25 ms
  await using pool = await startShells({ room });
  const outcome = await pool.plugin(["/bin/sh", "-c", "exec head -c 3000000 /dev/zero"], 1);
  expect(outcome).toEqual(exited(0, "\0".repeat(3_000_000)));
  await held;
});

it("short outputs take no room", async () => {
  const room = new WatchedRoom(1);
  await using pool = await startShells({ room });
  const text = "x".repeat(FREE_BYTES - 1);
  expect(await pool.plugin(["/bin/sh", "-c", `printf '%${FREE_BYTES - 1}s' '' | tr ' ' x`])).toEqual(
    exited(0, text),
  );
  expect(room.most).toBe(0);
});

class WatchedRoom extends OutputRoom {
  now = 0;
  most = 0;
  refused = 0;
  onRefused: () => unknown = () => {};

  override admits(run: object): boolean {
    const isAdmitted = super.admits(run);
    if (!isAdmitted) {
      this.refused += 1;
      this.onRefused();
    }
    return isAdmitted;
  }

  override read(bytes: number): void {
    this.now += bytes;
    this.most = Math.max(this.most, this.now);
    super.read(bytes);
  }

  override ended(run: object, bytes: number): void {
    this.now -= bytes;
    super.ended(run, bytes);
  }
}
