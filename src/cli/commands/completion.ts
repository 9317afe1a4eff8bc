import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import type { CliCommand, CommandRow } from "../command.ts";
import { unknownWord } from "../command.ts";
import { SHELLS } from "../completion/shells.ts";
import { createSpec } from "../completion/spec.ts";

/** Exit codes: 0, 3 if the call is wrong. `rows` are all commands. */
export function completionCommand(rows: readonly CommandRow[]): CliCommand {
  return async ([word, ...more], io) => {
    const shell = SHELLS.find(({ name }) => name === word);
    if (shell === undefined || more.length > 0) {
      return unknownWord(
        word,
        SHELLS.map(({ name }) => name),
      );
    }
    const checks = BUILTIN_CHECKS.map(({ name }) => name);
    io.stdout(shell.render(createSpec(rows, checks)));
    return 0;
  };
}
