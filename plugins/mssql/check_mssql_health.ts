import { join } from "node:path";
import { deadlineOf, withinDeadline } from "../../sdk/deadline.ts";
import {
  type CheckContext,
  CheckDeclined,
  CheckFailure,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  UNKNOWN,
  withinSeconds,
} from "../../sdk/index.ts";
import type { Lease } from "../transport/databases/session-pool.ts";
import { DialError } from "../transport/dial.ts";
import { TargetClock } from "../transport/timing.ts";
import type { Session } from "./client/driver.ts";
import { ConnectionLost, LoginFailed, loadDriver } from "./client/driver.ts";
import { readSection } from "./client/freetds-conf.ts";
import { type Login, readUser } from "./client/login.ts";
import { MSSQL_POOL, logIn as takeConnection } from "./client/pool.ts";
import { Result } from "./glplugin/result.ts";
import { Questions } from "./health/context.ts";
import { type Mode, readModeRequest } from "./health/modes.ts";
import { OPTIONS } from "./health/options.ts";
import type { HealthRequest } from "./health/request.ts";
import { askServer } from "./health/server.ts";

const NAME = "check_mssql_health";

export const checkMssqlHealth = defineCheck({
  name: NAME,
  summary: "SQL Server: logins, queries, databases, backups, jobs and counters",
  replaces: { suite: NAME, versions: ["2.9"], script: ["package CheckMssqlHealth::MSSQL;"] },
  isExperimental: true,
  options: OPTIONS,
  prepare: async () => void (await loadDriver()),
  keepsState: ({ mode }) => mode.keepsState ?? false,
  read: readModeRequest,
  target: ({ request }) => request.hostname ?? request.server,
  run,
});

type ModeRequest = NonNullable<ReturnType<typeof readModeRequest>>;

async function run({ request, mode }: ModeRequest, context: CheckContext): Promise<CheckOutput> {
  declineIfSurrounded();
  const result = createResult(request);
  const login = await readLogin(request);
  if (login === undefined) {
    result.add(UNKNOWN, "Please specify hostname or server, username and password");
    return result.finish();
  }
  await loadDriver();
  const clock = new TargetClock();
  try {
    using lease = await logIn(login, { request, context, clock, result });
    if (lease === undefined) return result.finish();
    return await ask(lease, mode, { request, context, clock, result });
  } catch (error) {
    throw leaveToPlugin(error);
  }
}

interface Run {
  readonly request: HealthRequest;
  readonly context: CheckContext;
  readonly clock: TargetClock;
  readonly result: Result;
}

/** Options may also stand in the environment. */
function declineIfSurrounded(env: NodeJS.ProcessEnv = process.env): void {
  if (Object.keys(env).some((name) => /^NAGIOS__(?:HOST|SERVICE)/.test(name)))
    throw new CheckDeclined("options in the environment");
}

function createResult({ thresholds, multiline, negated }: HealthRequest): Result {
  return new Result({ thresholds, isMultiline: multiline, negate: negated });
}

/** The certificate is not looked at, and old TLS is taken, as by FreeTDS. */
const AS_FREETDS = { encrypt: true, isTrusting: true, minVersion: "TLSv1" } as const;

async function readLogin(request: HealthRequest): Promise<Login | undefined> {
  const { hostname, port, server, username, password, currentdb } = request;
  if (!username || !password || (!hostname && !server)) return undefined;
  const place = hostname ? { host: hostname, port } : await readSection(server ?? "");
  return { ...AS_FREETDS, ...place, ...readUser(username), password, database: currentdb };
}

/** An eighth of the plugin's time: enough is left for a new connection. */
const PROOF_MS = 125;

/** Undefined: the time was up, and the result says so. */
async function logIn(
  login: Login,
  { request, context, clock, result }: Run,
): Promise<Lease<Session> | undefined> {
  const { timeout } = request;
  const late = new CheckFailure("too late");
  try {
    return await withinDeadline(
      { seconds: timeout - 1, outer: deadlineOf(context), onTimeout: () => late },
      (deadline) =>
        takeConnection(context.shared(MSSQL_POOL), login, { clock, deadline, proofMs: timeout * PROOF_MS }),
    );
  } catch (error) {
    if (error !== late) throw error;
    result.add(CRITICAL, `connection could not be established within ${timeout} seconds`);
    return undefined;
  }
}

async function ask(
  lease: Lease<Session>,
  mode: Mode,
  { request, context, clock, result }: Run,
): Promise<CheckOutput> {
  const { timeout } = request;
  const connectSeconds = clock.seconds;
  const late = new CheckFailure("too late");
  const questions = new Questions(lease.session);
  const work = async () => {
    const server = await askServer(questions);
    const files = filesOf(request);
    const seconds = () => {
      clock.tick();
      return clock.seconds;
    };
    await mode.run({ request, result, questions, server, files, connectSeconds, seconds });
  };
  const limit = {
    seconds: Math.floor(timeout - connectSeconds),
    signal: context.signal,
    onTimeout: () => late,
  };
  try {
    await withinSeconds(limit, work);
    lease.keep = true;
    return result.finish();
  } catch (error) {
    if (error !== late) throw error;
    lease.session.close();
    return result.end(UNKNOWN, `${NAME} timed out after ${timeout} seconds`);
  }
}

function filesOf({ modeName, statefilesdir, hostname, port, server, username }: HealthRequest) {
  const { OMD_ROOT } = process.env;
  const folder = statefilesdir ?? join(OMD_ROOT === undefined ? "/" : OMD_ROOT, "var/tmp", NAME);
  const place = [
    ...(hostname ? [hostname, String(port)] : []),
    ...(server ? [server] : []),
    ...(modeName === "sql" ? [username] : []),
  ];
  return { folder, mode: modeName, place: place.map((word) => `_${word}`).join("") };
}

/** The plugin's words about a connection name its own file and line, so only the plugin has them. */
function leaveToPlugin(error: unknown): unknown {
  const isOfConnection =
    error instanceof DialError || error instanceof LoginFailed || error instanceof ConnectionLost;
  if (!isOfConnection && !(error instanceof CheckFailure)) return error;
  const text = error instanceof CheckFailure ? error.message : `CRITICAL - ${error.message}`;
  const otherwise = new CheckFailure(text, CRITICAL);
  return new CheckDeclined("a connection that failed", { cause: error, otherwise });
}
