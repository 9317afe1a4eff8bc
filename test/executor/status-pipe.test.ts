import { writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { PipeDirectory } from "../../src/executor/named-pipes.ts";
import { StatusPipe } from "../../src/executor/status-pipe.ts";
import { checkLeaks } from "../support/leaks.ts";
import { until } from "./warm-shells.ts";

checkLeaks();

it("tells id and word of each line, wherever reads cut the lines", async () => {
  using directory = new PipeDirectory([tmpdir()]);
  const told: (readonly [number, string])[] = [];
  const pipe = new StatusPipe(directory.statusPath, (id, word) => told.push([id, word]));
  writeSync(pipe.fd, "1 0\n2 word\n3");
  await until(() => told.length === 2);
  writeSync(pipe.fd, "00 2");
  writeSync(pipe.fd, "55\n4 1\n");
  await until(() => told.length === 4);
  expect(told).toEqual([
    [1, "0"],
    [2, "word"],
    [300, "255"],
    [4, "1"],
  ]);
  pipe.close();
});
