import { COMMANDS, RUN } from "./commands.ts";
import { findManual } from "./manual/manuals.ts";
import { renderProgramHelp } from "./manual/render/help.ts";

/** What `--help` shows: the commands of the program, and the options of worker.conf. */
export function renderHelp(program: string): string {
  return renderProgramHelp(program, findManual(RUN.name), COMMANDS);
}
