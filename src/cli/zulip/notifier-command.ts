import { runNotifier } from "../../../integrations/zulip/programs/run-notifier.ts";
import { whyNotLetIn } from "../../../integrations/zulip/programs/why-not-let-in.ts";
import { NOTIFIER_TABLE } from "../../../integrations/zulip/settings/table.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { longProgram } from "./long-program.ts";

/** Exit codes: 0, 1 it cannot start, 3 the configuration is wrong. */
export function zulipNotifierCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const notifier = { name: "notifier", table: NOTIFIER_TABLE, run: runNotifier, whyNot: whyNotLetIn };
  return longProgram(notifier, argv, io);
}
