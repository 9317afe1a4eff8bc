import { describe, expect, it } from "vitest";
import { HeadOfOutput } from "../../../src/tools/run/head-of-output.ts";
import { judgeRun } from "../../../src/tools/run/judge-run.ts";
import type { End, Ran } from "../../../src/tools/run/run-command.ts";

const OPTIONS = {
  timeout: 5,
  timeoutReturn: 2,
  showErrorOutput: true,
  identifier: "pod",
  isOutOfMemory: undefined,
};

function judge(end: End, more: Partial<Ran> = {}, options: Partial<Parameters<typeof judgeRun>[1]> = {}) {
  const ran: Ran = {
    end,
    stdout: "out\n",
    stderr: "",
    passedOn: undefined,
    startTime: 1,
    finishTime: 2,
    ...more,
  };
  return judgeRun(ran, { ...OPTIONS, ...options });
}

const KILL: End = { kind: "signalled", signal: 9, name: "SIGKILL" };
const SHELL_KILL: End = { kind: "exited", code: 137 };

describe("a command that was killed", () => {
  it.each<[string, End, boolean | undefined, string]>([
    [
      "by the kernel",
      KILL,
      true,
      "CRITICAL: the command was ended by SIGKILL: out of memory, it was killed by the kernel (on pod)\nout",
    ],
    [
      "in a shell, by the kernel",
      SHELL_KILL,
      true,
      "CRITICAL: the command ended with code 137: out of memory, it was killed by the kernel (on pod)\nout",
    ],
    ["by somebody", KILL, false, "CRITICAL: the command was ended by SIGKILL (on pod)\nout"],
    [
      "by what is not known",
      KILL,
      undefined,
      "CRITICAL: the command was ended by SIGKILL (the kernel kills so when memory runs out) (on pod)\nout",
    ],
  ])("%s", (_, end, isOutOfMemory, output) => {
    expect(judge(end, {}, { isOutOfMemory })).toEqual({ state: 2, exitCode: 137, output });
  });
});

it("a command that ends in order after TERM keeps its state, any other is UNKNOWN", () => {
  const passedOn = "SIGTERM";
  expect(judge({ kind: "exited", code: 1 }, { passedOn })).toMatchObject({ state: 1, output: "out" });
  expect(judge({ kind: "exited", code: 143 }, { passedOn })).toMatchObject({
    state: 3,
    output: "UNKNOWN: the command ended with code 143 after SIGTERM (on pod)\nout",
  });
});

it("standard error is left out if it is not wanted", () => {
  expect(judge({ kind: "exited", code: 0 }, { stderr: "err" }).output).toBe("out\n[err]");
  expect(judge({ kind: "exited", code: 0 }, { stderr: "err" }, { showErrorOutput: false }).output).toBe(
    "out",
  );
});

it("keeps the head of an output, however it comes", () => {
  for (const at of [0, 1, 3, 5, 6]) {
    const head = new HeadOfOutput(4);
    for (const part of ["abcdef".slice(0, at), "abcdef".slice(at)]) head.push(Buffer.from(part));
    expect(head.text).toBe("abcd\n[cut: 4 of 6 bytes]");
  }
});
