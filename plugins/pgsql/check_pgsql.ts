import {
  type CheckContext,
  CheckDeclined,
  CheckFailure,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  maxState,
  UNKNOWN,
  withinSeconds,
} from "../../sdk/index.ts";
import type { Lease } from "../transport/databases/session-pool.ts";
import { isUnknownHost } from "../transport/databases/unknown-host.ts";
import { TargetClock } from "../transport/timing.ts";
import { judgeQuery, judgeTime, type Line } from "./answer.ts";
import { CLOSED_UNEXPECTEDLY } from "./client/connect.ts";
import { MACHINE, PGSQL_POOL } from "./client/pool.ts";
import { loadDriver, type QueryEnd, type Session } from "./client/session.ts";
import { parseConninfo } from "./libpq/conninfo.ts";
import { ConnectionFailure } from "./libpq/failure.ts";
import type { Machine } from "./libpq/machine.ts";
import { completeParameters, isKeyword } from "./libpq/parameters.ts";
import { renderNotice } from "./libpq/server-error.ts";
import { readTarget, type Target } from "./libpq/target.ts";
import { OPTIONS, type PgsqlRequest, readRequest } from "./request.ts";

export const checkPgsql = defineCheck({
  name: "check_pgsql",
  summary: "a login at a PostgreSQL database, and a query",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: OPTIONS,
  prepare: async () => void (await loadDriver()),
  read: readRequest,
  target: ({ hostname }) => hostname,
  run,
});

const USAGE = [
  "Usage:",
  "check_pgsql [-H <host>] [-P <port>] [-c <critical time>] [-w <warning time>]",
  " [-t <timeout>] [-d <database>] [-l <logname>] [-p <password>]",
  "[-q <query>] [-C <critical query range>] [-W <warning query range>]",
  "",
];

/** What a run has printed so far. The plugin prints its first line before it sends the query. */
interface Printed {
  readonly lines: Line[];
  stderr: string;
}

async function run(request: PgsqlRequest, context: CheckContext): Promise<CheckOutput> {
  const { signal } = context;
  const { timeout: seconds } = request;
  const printed: Printed = { lines: [], stderr: "" };
  const onTimeout = () =>
    new CheckFailure(`${textOf(printed)}CRITICAL - Plugin timed out after ${seconds} seconds\n`, CRITICAL);
  const complaint = await findUnknownHost(request, context);
  if (complaint !== undefined) return complaint;
  await withinSeconds({ seconds, signal, onTimeout }, (deadline) =>
    ask(request, printed, { ...context, signal: deadline }),
  );
  const { lines, stderr } = printed;
  const returnCode = maxState(...lines.map(({ state }) => state));
  return { returnCode, output: textOf(printed), ...(stderr !== "" && { stderr }) };
}

function textOf({ lines }: Printed): string {
  return lines.map(({ text }) => text).join("");
}

/** The plugin looks up the host of `-H` before its time begins, and takes a failure for a mistake. */
async function findUnknownHost(
  { hostname }: PgsqlRequest,
  context: CheckContext,
): Promise<CheckOutput | undefined> {
  if (hostname === undefined || hostname.startsWith("/")) return undefined;
  if (!(await isUnknownHost(hostname, context))) return undefined;
  const output = [`check_pgsql: Invalid hostname/address - ${hostname}`, ...USAGE].join("\n");
  return { returnCode: UNKNOWN, output };
}

/** An eighth of the plugin's time: enough is left for a new connection. */
const PROOF_MS = 125;

async function ask(request: PgsqlRequest, printed: Printed, context: CheckContext): Promise<void> {
  const { shared, signal } = context;
  const machine = shared(MACHINE);
  try {
    const target = machine.knownTarget(request) ?? (await findTarget(request, machine));
    const pool = shared(PGSQL_POOL);
    using place = await pool.enter(target, signal);
    const clock = new TargetClock();
    const ahead = request.leavesNothing ? request.query : undefined;
    using lease = await pool.take(target, { clock, signal, proofMs: request.timeout * PROOF_MS, ahead });
    printed.lines.push(judgeTime(clock.seconds, request));
    place?.[Symbol.dispose]();
    await askQuery(request, printed, lease);
    for (const notice of lease.session.takeNotices())
      await printNotice(renderNotice(notice), printed, machine);
    if (printed.lines.length > 1 && isWordOfLibpq(printed.lines)) await machine.requireKnownWording();
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    await machine.requireKnownWording();
    const text = `CRITICAL - no connection to '${request.database}' (${error.message}).\n`;
    printed.lines.push({ state: CRITICAL, text });
  }
}

/** What files may change, passwords and services, is looked up for each check. */
async function findTarget(request: PgsqlRequest, machine: Machine): Promise<Target> {
  const { surroundings } = machine;
  const parameters = await completeParameters(parseConninfo(request.conninfo, isKeyword), surroundings);
  const target = await readTarget(parameters, surroundings, request.timeout);
  if (parameters.password && parameters.service === undefined) machine.keepTarget(request, target);
  return target;
}

async function askQuery(request: PgsqlRequest, printed: Printed, lease: Lease<Session>): Promise<void> {
  const { query, leavesNothing } = request;
  if (query === undefined) {
    lease.keep = true;
    return;
  }
  const end = await lease.session.query(query);
  printed.lines.push(judgeQuery(end.result, request, endingOf(end)));
  lease.keep = end.kind === "answered" && leavesNothing;
}

/** What libpq says where the server closed the connection instead of an answer. */
function endingOf(end: QueryEnd): string {
  if (end.kind === "answered") return "";
  if (end.how === "closed") return end.isSecure ? closedSecure(end) : CLOSED_UNEXPECTEDLY;
  throw new CheckDeclined("a connection that broke before the answer");
}

/** Only a server that says why it ends closes TLS in the way of which libpq says this. */
function closedSecure({ result }: QueryEnd): string {
  if (result.kind === "error") return "SSL connection has been closed unexpectedly\n";
  throw new CheckDeclined("a TLS connection that broke before the answer");
}

function isWordOfLibpq(lines: readonly Line[]): boolean {
  return lines.some(({ text }) => text.startsWith("QUERY CRITICAL - Error with query: "));
}

async function printNotice(text: string, printed: Printed, machine: Machine): Promise<void> {
  await machine.requireKnownWording();
  printed.stderr += text;
}
