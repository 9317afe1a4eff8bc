import { checkGearman } from "../../tools/check/check-gearman.ts";
import { CHECK_LETTERS } from "../../tools/check/options.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runLetters } from "../tools/run-letters.ts";

export async function checkGearmanCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const codes = { helpCode: 3, callCode: 3 };
  return runLetters(argv, io, {
    name: "check_gearman",
    letters: CHECK_LETTERS,
    ...codes,
    run: checkGearman,
  });
}
