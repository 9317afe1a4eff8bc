import { expect, it } from "vitest";
import { readAll, readLines } from "../../../src/tools/send/input.ts";
import { pieces } from "../../cli/io.ts";

const TEXT = "one\ntwo\xff\n\nlast";

it.each(Array.from(TEXT, (_, at) => at))("lines are the same if the input is split at %i", async (at) => {
  const lines: string[] = [];
  for await (const some of readLines(pieces(TEXT.slice(0, at), TEXT.slice(at)))) lines.push(...some);
  expect(lines).toEqual(["one", "two\xff", "", "last"]);
});

it("all of the input ends at 10 MiB, and the rest is read", async () => {
  let rest = 0;
  async function* long() {
    for (rest = 12; rest > 0; rest--) yield Buffer.alloc(1024 * 1024, "x");
  }
  expect((await readAll(long())).length).toBe(10 * 1024 * 1024);
  expect(rest).toBe(0);
});
