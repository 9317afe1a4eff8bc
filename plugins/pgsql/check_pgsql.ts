import { type Deadline, deadlineOf, withinDeadline } from "../../sdk/deadline.ts";
import {
  type CheckContext,
  CheckDeclined,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  maxState,
  UNKNOWN,
} from "../../sdk/index.ts";
import { type Lease, leavingWith } from "../transport/databases/session-pool.ts";
import { isAddress, isUnknownHost } from "../transport/databases/unknown-host.ts";
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
  /** Its notices are printed as they come. */
  session?: Session;
}

/** The plugin's own time is up. */
class TimedOut extends Error {
  override readonly name = "TimedOut";
}

async function run(request: PgsqlRequest, context: CheckContext): Promise<CheckOutput> {
  const { timeout: seconds, hostname } = request;
  const printed: Printed = { lines: [], stderr: "" };
  if (hostname !== undefined && isName(hostname) && (await isUnknownHost(hostname, context)))
    return unknownHost(hostname);
  const limit = { seconds, outer: deadlineOf(context), onTimeout: () => new TimedOut() };
  try {
    await withinDeadline(limit, (deadline) => ask(request, printed, { shared: context.shared, deadline }));
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    return await timedOut(request, printed, context);
  }
  const { lines, stderr } = printed;
  const returnCode = maxState(...lines.map(({ state }) => state));
  return { returnCode, output: textOf(printed), stderr };
}

async function timedOut(
  { timeout }: PgsqlRequest,
  printed: Printed,
  { shared }: CheckContext,
): Promise<CheckOutput> {
  await printNotices(printed, shared(MACHINE));
  const output = `${textOf(printed)}CRITICAL - Plugin timed out after ${timeout} seconds\n`;
  return { returnCode: CRITICAL, output, stderr: printed.stderr };
}

function textOf({ lines }: Printed): string {
  let all = "";
  for (const { text } of lines) all += text;
  return all;
}

/** The plugin looks up the host of `-H` before its time begins, and takes a failure for a mistake. */
function isName(hostname: string): boolean {
  return !hostname.startsWith("/") && !isAddress(hostname);
}

function unknownHost(hostname: string): CheckOutput {
  const output = [`check_pgsql: Invalid hostname/address - ${hostname}`, ...USAGE].join("\n");
  return { returnCode: UNKNOWN, output };
}

/** An eighth of the plugin's time: enough is left for a new connection. */
const PROOF_MS = 125;

interface AskContext extends Pick<CheckContext, "shared"> {
  readonly deadline: Deadline;
}

async function ask(request: PgsqlRequest, printed: Printed, context: AskContext): Promise<void> {
  const machine = context.shared(MACHINE);
  try {
    await askServer(request, printed, context);
    if (printed.lines.length > 1 && isWordOfLibpq(printed.lines)) await machine.requireKnownWording();
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    await machine.requireKnownWording();
    const text = `CRITICAL - no connection to '${request.database}' (${error.message}).\n`;
    printed.lines.push({ state: CRITICAL, text });
  }
}

async function askServer(
  request: PgsqlRequest,
  printed: Printed,
  { shared, deadline }: AskContext,
): Promise<void> {
  const machine = shared(MACHINE);
  const target = machine.knownTarget(request) ?? (await findTarget(request, machine));
  const pool = shared(PGSQL_POOL);
  const entering = pool.enter(target, deadline);
  const place = entering && (await entering);
  const clock = new TargetClock();
  const ahead = request.leavesNothing ? request.query : undefined;
  const onBegun = (session: Session) => {
    printed.session = session;
  };
  const limits = { deadline, proofMs: request.timeout * PROOF_MS };
  const taking = pool.take(target, { ...limits, clock, ahead, onBegun });
  const lease = await leavingWith(taking, place);
  try {
    printed.session = lease.session;
    printed.lines.push(judgeTime(clock.seconds, request));
    await askQuery(request, printed, lease);
    await printNotices(printed, machine);
  } finally {
    lease[Symbol.dispose]();
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
  lease.session.requireKnown();
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

async function printNotices(printed: Printed, machine: Machine): Promise<void> {
  for (const notice of printed.session?.takeNotices() ?? []) {
    await machine.requireKnownWording();
    printed.stderr += renderNotice(notice);
  }
}
