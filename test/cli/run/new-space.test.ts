import { expect, it, vi } from "vitest";
import { NewSpace } from "../../../src/cli/run/new-space.ts";

const MIB = 2 ** 20;

function begin(mib: number) {
  const space = { mib };
  const setFactor = vi.fn();
  const size = vi.fn(() => space.mib * MIB);
  const newSpace = new NewSpace({ size, setFactor });
  const run = (jobs: number) => {
    for (let i = 0; i < jobs; i++) newSpace.listener.ran?.({} as never);
  };
  return { space, setFactor, size, newSpace, run };
}

it("the space grows with the jobs until it is large enough, and then no more", () => {
  const { space, setFactor, size, run } = begin(1);
  run(1000);
  expect(setFactor).not.toHaveBeenCalled();
  expect(size, "looked at now and then").toHaveBeenCalledTimes(10);
  space.mib = 4;
  run(1000);
  expect(setFactor.mock.calls).toEqual([[1]]);
  expect(size, "and no more").toHaveBeenCalledTimes(11);
});

it("a space that was made small may grow again", () => {
  const { setFactor, space, newSpace, run } = begin(5);
  run(1);
  space.mib = 1;
  newSpace.shrunk();
  run(100);
  space.mib = 4;
  run(1);
  expect(setFactor.mock.calls).toEqual([[1], [2], [1]]);
});

it("V8 tells the size, and takes the factor", () => {
  const setFactor = vi.fn();
  new NewSpace({ setFactor }).listener.ran?.({} as never);
  const newSpace = new NewSpace();
  expect(() => newSpace.listener.ran?.({} as never)).not.toThrow();
  expect(() => newSpace.shrunk()).not.toThrow();
});
