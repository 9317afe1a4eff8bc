import { BUILTIN_SETTINGS } from "../../../plugins/settings.ts";
import { renderToolOptions } from "../../config/render/help.ts";
import { runAndSendTable } from "../../config/tools/run-and-send-table.ts";
import { withoutSecrets } from "../../config/variables.ts";
import { runAndSend } from "../../tools/run/run-and-send.ts";
import { type CommandResult, usage } from "../command.ts";
import type { Io } from "../io.ts";
import { runTool } from "../tools/run-tool.ts";

const USAGE = `usage: omd-worker run-and-send [OPTION=VALUE…] -- COMMAND [WORD…]
  Runs the command and sends its result to the core as a passive one, also when it times out, is killed or cannot
  be started. Exit codes 0 to 3 are states, as those of a plugin; all others are CRITICAL. Its output goes to this
  program's, too. One word with blanks is a line for /bin/sh. TERM, INT and HUP are passed on, and the result is sent.

Examples:
  omd-worker run-and-send --server=gearmand --keyfile=secret.key --host=shop --service=checkout --timeout=300 -- npx playwright test
  omd-worker run-and-send --config=worker.conf --host=db1 --service=backup --spool=/var/spool/results -- 'pg_dump shop | gzip > shop.gz'
  OMD_WORKER_SERVER=gearmand OMD_WORKER_HOST=shop OMD_WORKER_SERVICE=login omd-worker run-and-send -- ./login-test

Every option can be set in the environment: --retry-interval is OMD_WORKER_RETRY_INTERVAL. It wins over files, and the command line over both.
Exit codes: that of the command (124: it timed out, 126 and 127: it was not started, 128 and the number of a signal); with
--exit-code=delivered: 0 a job server took the result, 1 it waits in the spool, 3 it is lost. 3 if the options are wrong.
`;

export async function runAndSendCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const end = argv.indexOf("--");
  const words = end < 0 ? [] : argv.slice(end + 1);
  const options = end < 0 ? argv : argv.slice(0, end);
  const asksOnly = options.some((word) => /^(?:--?)?(?:help|version)$|^-[hV]$/.test(word));
  if (words.length === 0 && !asksOnly) return usage(`there is no command: write it after --\n${USAGE}`);
  const table = runAndSendTable(BUILTIN_SETTINGS);
  // The command goes on and its result is sent when nobody reads its output any more.
  io.onOutputLost?.(() => {});
  return runTool(options, io, {
    name: "omd-worker run-and-send",
    table,
    helpCode: 0,
    help: () => `${USAGE}\n${renderToolOptions(table.groups)}\n`,
    run: (config, toolIo) =>
      runAndSend(config, { command: toCommand(words), env: withoutSecrets(io.env) }, toolIo),
  });
}

/** One word is a line that people write for a shell, unless it is a plain path. */
function toCommand(words: readonly string[]): readonly string[] {
  const [only = "", ...more] = words;
  return more.length === 0 && /[^\w./+-]/.test(only) ? ["/bin/sh", "-c", only] : words;
}
