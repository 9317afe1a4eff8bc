/** Writes the man pages and the completions of shells, which are made of the tables: `npm run docs`. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUILTIN_CHECKS } from "../plugins/index.ts";
import { COMMANDS, RUN } from "../src/cli/commands.ts";
import { SHELLS } from "../src/cli/completion/shells.ts";
import { createSpec } from "../src/cli/completion/spec.ts";
import { renderManPages } from "../src/cli/manual/man/pages.ts";
import { C_WORKER } from "../src/cli/tools/tool-commands.ts";

/** The text of each file, by its path in the package. */
export function renderFiles(): ReadonlyMap<string, string> {
  const others = COMMANDS.filter((row) => row !== RUN);
  const pages = renderManPages(RUN, others, C_WORKER);
  const spec = createSpec(
    COMMANDS,
    BUILTIN_CHECKS.map(({ name }) => name),
  );
  return new Map([
    ...pages.map(({ file, text }) => [join("man", file), text] as const),
    ...SHELLS.map(({ file, render }) => [join("completions", file), render(spec)] as const),
  ]);
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  for (const folder of ["man", "completions"]) {
    rmSync(join(root, folder), { recursive: true, force: true });
    mkdirSync(join(root, folder));
  }
  for (const [path, text] of renderFiles()) writeFileSync(join(root, path), text);
}
