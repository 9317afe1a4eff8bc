import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { Ring } from "../../../../src/run/site/threads/ring.ts";

const TEXTS = ["", "OK", "Überfüllt", "42 €", "\0\xff", "a".repeat(101)];

function ringOf(bytes: number) {
  const memory = Ring.allocate(bytes);
  return { writer: new Ring(memory), reader: new Ring(memory) };
}

it("gives records in the order they were written, whatever characters they have", () => {
  const { writer, reader } = ringOf(4096);
  for (const [at, text] of TEXTS.entries()) expect(writer.put(at, -at, text)).toBe(true);
  expect(TEXTS.map(() => reader.take())).toEqual(TEXTS.map((text, at) => ({ id: at, value: 0 - at, text })));
  expect(reader.take()).toBeUndefined();
});

it("refuses a record without room for it, and takes it when others were read", () => {
  const { writer, reader } = ringOf(128);
  expect(writer.put(1, 0, "a".repeat(60))).toBe(true);
  expect(writer.put(2, 0, "b".repeat(60))).toBe(false);
  expect(writer.put(3, 0, "c".repeat(500))).toBe(false);
  expect(reader.take()?.id).toBe(1);
  expect(writer.put(2, 0, "b".repeat(50))).toBe(true);
  expect(reader.take()?.text).toBe("b".repeat(50));
});

it("loses and mixes up nothing, however the ends of the memory and of the records meet", () => {
  for (let bytes = 64; bytes <= 160; bytes += 4) {
    const { writer, reader } = ringOf(bytes);
    const sent: string[] = [];
    const got: string[] = [];
    for (let at = 0; at < 400; at += 1) {
      const text = (at % 7 === 0 ? "€" : "x").repeat((at * 13) % 23);
      if (writer.put(at, at, text)) sent.push(`${at} ${text}`);
      for (let take = (at * 5) % 4; take > 0; take -= 1) {
        const record = reader.take();
        if (record !== undefined) got.push(`${record.value} ${record.text}`);
      }
    }
    for (let left = reader.take(); left; left = reader.take()) got.push(`${left.value} ${left.text}`);
    expect(got).toEqual(sent);
    expect(sent.length).toBeGreaterThan(200);
  }
});

it("is called once until the reader sleeps again, and not while it is awake", () => {
  const { writer, reader } = ringOf(64);
  expect([writer.mustCall(), writer.mustCall()]).toEqual([true, false]);
  reader.sleep();
  expect(writer.mustCall()).toBe(true);
  reader.sleep();
  reader.stayAwake();
  expect(writer.mustCall()).toBe(false);
  expect(reader.isEmpty).toBe(true);
  writer.put(1, 2);
  expect(reader.isEmpty).toBe(false);
});

it("carries records of another thread while both are busy", async () => {
  const COUNT = 20_000;
  const memory = Ring.allocate(1024);
  const program = `
    const { Ring } = await import(${JSON.stringify(new URL("../../../../src/run/site/threads/ring.ts", import.meta.url).href)});
    const { workerData } = await import("node:worker_threads");
    const ring = new Ring(workerData);
    for (let at = 0; at < ${COUNT}; ) if (ring.put(at, at * 2, "n" + at)) at += 1;`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), {
    workerData: memory,
  });
  const ended = once(worker, "exit");
  const reader = new Ring(memory);
  let next = 0;
  while (next < COUNT) {
    const record = reader.take();
    if (record === undefined) {
      await new Promise(setImmediate);
      continue;
    }
    if (record.id !== next || record.value !== next * 2 || record.text !== `n${next}`)
      expect(record).toBe(next);
    next += 1;
  }
  await ended;
});
