/** The program that network.ts starts in a network namespace. It reads the runs, and prints their answers. */
import { json } from "node:stream/consumers";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { checkFping } from "../../../plugins/icmp/check_fping.ts";
import { checkHost } from "../../../plugins/icmp/check_host.ts";
import { checkIcmp } from "../../../plugins/icmp/check_icmp.ts";
import { checkPing } from "../../../plugins/icmp/check_ping.ts";
import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { checkNt } from "../../../plugins/nsclient/check_nt.ts";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { checkSnmp } from "../../../plugins/snmp/check_snmp.ts";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { checkTcp } from "../../../plugins/tcp/check_tcp.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { execute, findPlugin } from "../core/real-plugins.ts";
import { type NormalRule, normalise } from "../oracle.ts";

const CHECKS = {
  check_by_ssh: checkBySsh,
  check_fping: checkFping,
  check_host: checkHost,
  check_http: checkHttp,
  check_icmp: checkIcmp,
  check_mysql: checkMysql,
  check_nrpe: checkNrpe,
  check_nt: checkNt,
  check_pgsql: checkPgsql,
  check_ping: checkPing,
  check_snmp: checkSnmp,
  check_ssh: checkSsh,
  check_tcp: checkTcp,
};

export interface Task {
  readonly lines: readonly Line[];
  /** The plugin is run too. */
  readonly compares: boolean;
}

export interface Line {
  readonly check: keyof typeof CHECKS;
  readonly argv: readonly string[];
}

export interface Said {
  readonly returnCode: number;
  readonly output: string;
  readonly stderr: string;
}

export interface LineResult extends Line {
  /** A text says why the run was left to the plugin. */
  readonly native: Said | string;
  readonly plugin: Said | undefined;
}

export interface NetworkResult {
  readonly results: readonly LineResult[];
  readonly log: readonly string[];
}

/** Also matches a label that begins with the address of one of several hosts. */
export const TIMES: NormalRule = [/(?<=[0-9a-z]rta|[0-9a-z]rtmax|[0-9a-z]rtmin)=\d+\.\d{3}/g, "=N.NNN"];

const AT_ONCE = 24;

if (import.meta.main) {
  // biome-ignore lint/suspicious/noConsole: the program prints its result
  console.log(JSON.stringify(await perform((await json(process.stdin)) as Task)));
}

async function perform({ lines, compares }: Task): Promise<NetworkResult> {
  const log: string[] = [];
  await using shared = new SharedValues({ log: (message) => log.push(message) });
  const results: LineResult[] = [];
  const waiting = lines.entries();
  const runNext = async () => {
    for (const [at, line] of waiting) {
      const [native, plugin] = await Promise.all([
        answer(line, shared),
        compares ? runPlugin(line) : undefined,
      ]);
      results[at] = { ...line, native, plugin };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
  return { results, log };
}

async function answer({ check, argv }: Line, shared: SharedValues): Promise<Said | string> {
  try {
    const said = await runCheck(CHECKS[check], argv, { shared, timeoutMs: 60_000 });
    return toSaid(said.returnCode, said.output, said.stderr);
  } catch (error) {
    if (error instanceof CheckDeclined) return error.message;
    return String(error);
  }
}

async function runPlugin({ check, argv }: Line): Promise<Said | undefined> {
  const outcome = await execute({ words: [findPlugin(check) ?? "", ...argv], environment: [] });
  if (outcome.kind !== "exited") return undefined;
  return toSaid(outcome.returnCode, outcome.stdout, outcome.stderr);
}

/** Without what differs from run to run. */
export function toSaid(returnCode: number, stdout: string, stderr: string): Said {
  return { returnCode, output: normalise(stdout, [TIMES]), stderr: normalise(stderr) };
}
