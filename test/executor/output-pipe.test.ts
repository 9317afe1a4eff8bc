import { closeSync, constants, openSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PipeDirectory } from "../../src/executor/named-pipes.ts";
import { OutputPipe } from "../../src/executor/output-pipe.ts";
import { MAX_OUTPUT } from "../../src/outcome/outcome.ts";

let directory: PipeDirectory;
let path: string;
let pipe: OutputPipe;

beforeEach(async () => {
  directory = new PipeDirectory([tmpdir()]);
  path = (await directory.take()).stdout;
  pipe = new OutputPipe(path);
});

afterEach(() => {
  pipe[Symbol.dispose]();
  directory[Symbol.dispose]();
});

it("is at its end if no process has it open for writing, even before the first one", () => {
  expect(pipe.drain(4)).toBe("end");
  expect(pipe.take()).toBe("");
});

it("is empty, but not at its end, while a process has it open", () => {
  const writer = openWriter();
  expect(pipe.drain(4)).toBe("empty");
  writeSync(writer, "text");
  expect(pipe.drain(4)).toBe("empty");
  closeSync(writer);
  expect(pipe.drain(4)).toBe("end");
  expect(pipe.take()).toBe("text");
});

it("is not at its end while one of several processes has it open", () => {
  const [one, other] = [openWriter(), openWriter()];
  closeSync(other);
  expect(pipe.drain(4)).toBe("empty");
  closeSync(one);
  expect(pipe.drain(4)).toBe("end");
});

it("gives what a process has written that is gone, byte by byte", () => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const writer = openWriter();
  writeSync(writer, every);
  closeSync(writer);
  expect(pipe.drain(4)).toBe("end");
  expect(pipe.take()).toBe(every.toString("latin1"));
});

it("reads at most as often as it is told", () => {
  const writer = openWriter();
  writeSync(writer, "text");
  expect(pipe.drain(1)).toBe("more");
  closeSync(writer);
});

it("starts again after each take", () => {
  for (const text of ["first", "", "second"]) {
    const writer = openWriter();
    writeSync(writer, text);
    closeSync(writer);
    pipe.drain(4);
    expect(pipe.bytesRead).toBe(text.length);
    expect(pipe.take()).toBe(text);
    expect(pipe.bytesRead).toBe(0);
  }
});

it("keeps output up to the limit, counts what it drops, and starts both again after take", () => {
  const writer = openWriter();
  const chunk = "0123456789abcdef".repeat(4096 / 16);
  const chunks = MAX_OUTPUT / chunk.length + 3;
  for (let i = 0; i < chunks; i++) {
    writeSync(writer, i === 0 ? `${chunk.slice(1)}!` : chunk);
    pipe.drain(1);
  }
  expect(pipe.bytesRead).toBe(chunks * chunk.length);
  expect(pipe.dropped).toBe(3 * chunk.length);
  expect(pipe.take().length).toBe(MAX_OUTPUT);
  expect(pipe.dropped).toBe(0);
  writeSync(writer, "next");
  pipe.drain(1);
  expect(pipe.take()).toBe("next");
  closeSync(writer);
});

function openWriter(): number {
  return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
}
