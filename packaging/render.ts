/** Writes the man pages, the completions of shells and the list of licences: `npm run docs`. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUILTIN_CHECKS } from "../plugins/index.ts";
import { COMMANDS, RUN } from "../src/cli/commands.ts";
import { SHELLS } from "../src/cli/completion/shells.ts";
import { createSpec } from "../src/cli/completion/spec.ts";
import { renderManPages } from "../src/cli/manual/man/pages.ts";
import { C_WORKER } from "../src/cli/tools/tool-commands.ts";
import { renderLicences } from "./licences.ts";

const ROOT = join(import.meta.dirname, "..");

/** The text of each file that is made of tables, by its path in the package. */
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
  for (const folder of ["man", "completions"]) {
    rmSync(join(ROOT, folder), { recursive: true, force: true });
    mkdirSync(join(ROOT, folder));
  }
  for (const [path, text] of renderFiles()) writeFileSync(join(ROOT, path), text);
  writeFileSync(join(ROOT, "docs/licences.md"), renderLicences(ROOT));
}
