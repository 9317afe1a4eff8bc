import { expect, it } from "vitest";
import { renderPerlFault } from "../../src/outcome/perl-fault.ts";

const FAULT = { kind: "perl-fault", plugin: "/p/check_x", returnCode: 3 } as const;

it("a plugin that does not compile gives perl's message as its output", () => {
  const fault = {
    ...FAULT,
    fault: "not-compiled",
    stdout: "",
    stderr: "syntax error\nat line 2.\n",
  } as const;
  expect(renderPerlFault(fault)).toEqual({
    stdout: '**ePN failed to compile /p/check_x: "syntax error\nat line 2."',
    stderr: "",
  });
});

it("a plugin that does not call exit keeps its output, after a line that says so", () => {
  const fault = { ...FAULT, fault: "no-exit", stdout: "OK\n", stderr: "a warning" } as const;
  expect(renderPerlFault(fault)).toEqual({
    stdout: "**ePN /p/check_x: plugin did not call exit()\nOK\n",
    stderr: "a warning",
  });
});
