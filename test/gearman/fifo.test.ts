import { expect, it } from "vitest";
import { Fifo } from "../../src/gearman/fifo.ts";

it("a fifo gives back in order what it took, also after it was empty", () => {
  const fifo = new Fifo<number>();
  expect(fifo.shift()).toBeUndefined();
  for (const round of [0, 10]) {
    fifo.push(round + 1);
    fifo.push(round + 2);
    expect(fifo.first).toBe(round + 1);
    expect(fifo.shift()).toBe(round + 1);
    fifo.push(round + 3);
    expect(fifo.length).toBe(2);
    expect([fifo.shift(), fifo.shift(), fifo.shift()]).toEqual([round + 2, round + 3, undefined]);
    expect(fifo.length).toBe(0);
  }
});
