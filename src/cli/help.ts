import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import { renderOptions } from "../config/render/help.ts";
import { workerGroups } from "../config/worker/options.ts";
import { COMMANDS } from "./commands.ts";

/** What `--help` shows: the commands of the program, and the options of worker.conf. */
export function renderHelp(program: string): string {
  const aliases = COMMANDS.flatMap((command) => command.aliases ?? []);
  const commands = [...COMMANDS, ...aliases].map(
    ({ usage, help }) => `  ${program} ${usage}\n      ${help}\n`,
  );
  return `Usage:\n${commands.join("")}\n${renderOptions(workerGroups(BUILTIN_SETTINGS))}`;
}
