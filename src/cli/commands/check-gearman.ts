import { checkGearman } from "../../tools/check/check-gearman.ts";
import { CHECK_LETTERS } from "../../tools/check/options.ts";
import { renderLetters } from "../../tools/letters.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runLetters } from "../tools/run-letters.ts";

const HELP = `usage: check_gearman -H HOST[:PORT] [-q QUEUE] [-w JOBS] [-c JOBS] [-W WORKERS] [-C WORKERS] [-x]
       check_gearman -H HOST[:PORT] -q QUEUE -s TEXT [-e TEXT] [-a]
       check_gearman -H HOST[:PORT] -q QUEUE --keyfile FILE
  The queues of a job server, a worker that answers, or whether workers have the right key.
  omd-worker check-gearman is the same.

${renderLetters(CHECK_LETTERS)}
Examples:
  check_gearman -H localhost --exclude-queue 'worker_*'
  check_gearman -H localhost -q perfdata -x
  check_gearman -H localhost -q worker_$(hostname) -s check
  check_gearman -H localhost -q check_results -s check
  check_gearman -H localhost -q service --keyfile /etc/mod-gearman/secret.key

Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. Of several queues the worst state counts. An answer that begins
with a digit and a colon brings its exit code along.
`;

export async function checkGearmanCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const codes = { helpCode: 3, callCode: 3 };
  return runLetters(argv, io, {
    ...{ name: "check_gearman", letters: CHECK_LETTERS, help: HELP, ...codes },
    run: checkGearman,
  });
}
