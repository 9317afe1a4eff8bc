import { renderLetters } from "../../tools/letters.ts";
import { type LiveTerminal, showLive } from "../../tools/top/live.ts";
import { TOP_LETTERS, topOptions } from "../../tools/top/options.ts";
import { printTables } from "../../tools/top/top.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runLetters } from "../tools/run-letters.ts";

const HELP = `usage: gearman_top [-H HOST[:PORT]]… [-i SECONDS] [-q] [-b]
  The queues of job servers: their workers, waiting and running jobs. omd-worker top is the same.
  Keys: q quits, left and right choose the column to sort by, r reverses, / filters by name, i hides idle queues,
  arrows and page keys scroll. CHANGE/S is by how many jobs a queue grew in a second. NO_COLOR turns colours off.
  Without a terminal the tables are printed, as with -b.

${renderLetters(TOP_LETTERS)}
Examples:
  gearman_top                                 on a terminal, until q
  gearman_top -H main -H spare:4731 -i 5 -q
  gearman_top -b -H main | grep hostgroup_

Without -H the server is CONFIG_GEARMAND_PORT of the environment (host:port, or a port of this machine), else localhost.
Exit code: always 0, as that of the C tool.
`;

export async function topCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  return runLetters(argv, io, {
    ...{ name: "gearman_top", letters: TOP_LETTERS, help: HELP, helpCode: 0, callCode: 0 },
    run: async (values, toolIo) => {
      const options = topOptions(values, io.env);
      if (options.isBatch || process.stdout.isTTY !== true) return printTables(options, toolIo);
      await showLive(options, liveTerminal(io));
      return 0;
    },
  });
}

function liveTerminal(io: Io): LiveTerminal {
  const { stdout, stdin: input } = process;
  return {
    write: io.stdout,
    input,
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    hasColours: !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb",
    onResize: (redraw, signal) => {
      stdout.on("resize", redraw);
      signal.addEventListener("abort", () => stdout.off("resize", redraw));
    },
  };
}
