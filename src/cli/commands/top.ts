import { renderLetters } from "../../tools/letters.ts";
import { TOP_LETTERS, topOptions } from "../../tools/top/options.ts";
import { printTables } from "../../tools/top/top.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runLetters } from "../tools/run-letters.ts";

const HELP = `usage: gearman_top [-H HOST[:PORT]]… [-i SECONDS] [-q] [-b]
  The queues of job servers: their workers, waiting and running jobs. omd-worker top is the same.

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
    run: async (values, toolIo) => printTables(topOptions(values, io.env), toolIo),
  });
}
