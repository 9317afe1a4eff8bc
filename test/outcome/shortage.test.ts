import { describe, expect, it } from "vitest";
import { cannotStart } from "../../src/outcome/outcome.ts";
import { lackIn, lackOf } from "../../src/outcome/shortage.ts";

const systemError = (code: string) => Object.assign(new Error(`spawn /bin/sh ${code}`), { code });

describe("what a machine is short of", () => {
  it.each([
    ["EMFILE", "this process has no file descriptors left (ulimit -n)"],
    ["ENFILE", "the machine has no file descriptors left"],
    ["EAGAIN", "no more processes can be started (ulimit -u, pids.max)"],
    ["ENOMEM", "no memory is left"],
    ["ENOSPC", "no space is left for the pipes of plugins"],
  ])("is told by %s", (code, lack) => {
    expect(lackOf(systemError(code))).toBe(lack);
    expect(lackOf(new Error("cannot start it", { cause: systemError(code) }))).toBe(lack);
    expect(cannotStart(systemError(code))).toEqual({ kind: "not-started", lack });
  });

  it("is told by a program's words", () => {
    const error = new Error("mkfifo: cannot create fifo '/dev/shm/x': No space left on device");
    expect(lackOf(error)).toBe(lackOf(systemError("ENOSPC")));
    expect(lackIn("sh: 1: x: Cannot fork\n")).toBe(lackOf(systemError("EAGAIN")));
    expect(lackIn("Too many open files in system")).toBe(lackOf(systemError("ENFILE")));
  });

  it.each([
    ["no shortage", systemError("ENOENT")],
    ["no error", "EMFILE"],
    ["nothing", undefined],
  ])("is not told by %s", (_, error) => {
    expect(lackOf(error)).toBeUndefined();
    expect(cannotStart(error)).toEqual({ kind: "crashed", error });
  });
});
