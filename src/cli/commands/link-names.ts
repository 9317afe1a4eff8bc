import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandResult } from "../command.ts";
import { wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import type { LinkPlan } from "../names/make-links.ts";
import { findShadows, isExecutable, makeLinks } from "../names/make-links.ts";
import { COMPATIBLE_NAMES } from "../tools/tool-commands.ts";

/** Beside this file's folder, with the extension of this file. */
const PROGRAM = fileURLToPath(
  import.meta.resolve(import.meta.url.endsWith(".ts") ? "../omd-worker.ts" : "../omd-worker.js"),
);

const FORCE = "--force";

/** Exit codes: 0, 1 if a link cannot be made, 3 if the call is wrong. */
export async function linkNamesCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const [folder, ...more] = argv.filter((word) => word !== FORCE);
  if (folder === undefined || folder === "" || more.length > 0) return wrongCall();
  if (folder.startsWith("-")) return wrongCall(`unknown option '${folder}'`);
  const force = argv.includes(FORCE);
  return link({ folder: resolve(folder), names: COMPATIBLE_NAMES, program: PROGRAM, force }, io);
}

function link(plan: LinkPlan, io: Io): number {
  const problem = findObstacle(plan);
  if (problem !== undefined) return fail([problem], io);
  try {
    const { made, problems } = makeLinks(plan);
    if (problems.length > 0) return fail([...problems, "no link was made"], io);
    const notes = findShadows(plan, io.env["PATH"]).map((note) => `note: ${note}`);
    io.stdout([...made, ...notes].map((line) => `${line}\n`).join(""));
    return 0;
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    return fail([`cannot make links in ${plan.folder}: ${error.message}`], io);
  }
}

function findObstacle({ folder, program }: LinkPlan): string | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return `${folder} is not there: make it first, or name another folder`;
  if (!stats.isDirectory()) return `${folder} is no folder`;
  return isExecutable(program)
    ? undefined
    : `${program} is not executable: links to it would not start. Install the package, or chmod +x it`;
}

function fail(lines: readonly string[], io: Io): number {
  io.stderr(lines.map((line) => `${line}\n`).join(""));
  return 1;
}
