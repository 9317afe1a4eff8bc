import { expect, it } from "vitest";
import { renderNotCompiled } from "../../src/outcome/not-compiled.ts";

it("a plugin that does not compile gives perl's message as its output", () => {
  const complaint = "syntax error\nat line 2.\n";
  expect(renderNotCompiled({ kind: "not-compiled", plugin: "/p/check_x", complaint })).toBe(
    '**ePN failed to compile /p/check_x: "syntax error\nat line 2."',
  );
});
