import { BUILTIN_SETTINGS } from "../../../plugins/settings.ts";
import { runAndSendTable } from "../../config/tools/run-and-send-table.ts";
import { withoutSecrets } from "../../config/variables.ts";
import { runAndSend } from "../../tools/run/run-and-send.ts";
import { type CommandResult, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { runTool } from "../tools/run-tool.ts";

export async function runAndSendCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const end = argv.indexOf("--");
  const words = end < 0 ? [] : argv.slice(end + 1);
  const options = end < 0 ? argv : argv.slice(0, end);
  const asksOnly = options.some((word) => /^(?:--?)?(?:help|version)$|^-[hV]$/.test(word));
  if (words.length === 0 && !asksOnly) return wrongCall("there is no command: write it after --");
  // The command goes on and its result is sent when nobody reads its output any more.
  io.onOutputLost?.(() => {});
  return runTool(options, io, {
    name: "omd-worker run-and-send",
    table: runAndSendTable(BUILTIN_SETTINGS),
    helpCode: 0,
    run: (config, toolIo) =>
      runAndSend(config, { command: toCommand(words), env: withoutSecrets(io.env) }, toolIo),
  });
}

/** One word is a line that people write for a shell, unless it is a plain path. */
function toCommand(words: readonly string[]): readonly string[] {
  const [only = "", ...more] = words;
  return more.length === 0 && /[^\w./+-]/.test(only) ? ["/bin/sh", "-c", only] : words;
}
