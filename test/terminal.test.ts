import { PassThrough } from "node:stream";
import { expect, it, vi } from "vitest";
import { openScreen } from "../src/terminal.ts";

function open() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: vi.fn() });
  const keys: string[] = [];
  const written: string[] = [];
  const terminal = {
    write: (text: string) => void written.push(text),
    size: () => ({ columns: 80, rows: 24 }),
    input: input as unknown as NodeJS.ReadStream,
  };
  const screen = openScreen(terminal, (key) => void keys.push(key));
  return { screen, keys, written, type: (text: string) => input.emit("data", text) };
}

it("reads several keys at once, and other names of Home and End", () => {
  const { screen, keys, type } = open();
  type("jq\x1b[A\x1b[6~\x1bOBä\x1b[1~\x1b[4~");
  screen.end();
  expect(keys).toEqual(["j", "q", "\x1b[A", "\x1b[6~", "\x1b[B", "ä", "\x1b[H", "\x1b[F"]);
});

it("joins the two halves of a key, and knows Esc alone by what does not come", async () => {
  const { screen, keys, type } = open();
  type("\x1b");
  type("[A");
  expect(keys).toEqual(["\x1b[A"]);
  type("\x1b");
  expect(keys).toEqual(["\x1b[A"]);
  await vi.waitFor(() => expect(keys).toEqual(["\x1b[A", "\x1b"]));
  screen.end();
});

it("leaves the terminal once, however often it is told to", () => {
  const before = process.listenerCount("exit");
  const { screen, written } = open();
  screen.draw("a\nb");
  screen.end();
  screen.end();
  expect(written).toEqual(["\x1b[?1049h\x1b[?25l", "\x1b[Ha\x1b[K\nb\x1b[K\x1b[J", "\x1b[?25h\x1b[?1049l"]);
  expect(process.listenerCount("exit")).toBe(before);
});
