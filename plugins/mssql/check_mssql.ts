import { deadlineOf, withinDeadline } from "../../sdk/deadline.ts";
import {
  CheckDeclined,
  CheckFailure,
  CRITICAL,
  defineCheck,
  flag,
  type OptionsOf,
  option,
  port,
  type Report,
  type RunContext,
  range,
  report,
  seconds,
  text,
  thresholds,
  UNKNOWN,
} from "../../sdk/index.ts";
import { DialError } from "../transport/dial.ts";
import { stopwatch, TargetClock } from "../transport/timing.ts";
import { renderNumber } from "./client/answer.ts";
import { ConnectionLost, LoginFailed, loadDriver, type Session } from "./client/driver.ts";
import { type Login, readUser } from "./client/login.ts";
import { logIn, MSSQL_POOL } from "./client/pool.ts";

const ENCRYPTION: Readonly<Record<string, Login["encrypt"]>> = { yes: true, no: false, strict: "strict" };
const OLD_TLS: Readonly<Record<string, Login["minVersion"]>> = { "1.0": "TLSv1", "1.1": "TLSv1.1" };

const OPTIONS = {
  hostname: text("-H, --hostname=ADDRESS", "host name or address of the server", { required: true }),
  port: port("-P, --port=PORT", "port number", { default: 1433 }),
  instance: text("-i, --instance=NAME", "a named instance, whose port SQL Server Browser tells"),
  username: text("-u, --username=NAME", "login name; DOMAIN\\NAME logs in with NTLM", { required: true }),
  password: text("-p, --password=PASSWORD", "password", { required: true, secret: true }),
  database: text("-d, --database=NAME", "database of the connection"),
  ...thresholds("seconds of the login", { warning: "1", critical: "5" }),
  query: text("-q, --query=SQL", "a statement, of which the first value is judged"),
  label: text("-l, --label=NAME", "name of the value", { default: "value" }),
  valueWarning: range("-W, --query-warning=RANGE", "values that are a warning"),
  valueCritical: range("-C, --query-critical=RANGE", "values that are critical"),
  runtimeWarning: range("--runtime-warning=RANGE", "seconds of the statement that are a warning"),
  runtimeCritical: range("--runtime-critical=RANGE", "seconds of the statement that are critical"),
  encrypt: oneWord("--encrypt=yes|no|strict", "whether all is encrypted; strict is TDS 8.0", ENCRYPTION),
  trust: flag("--trust", "any certificate is accepted, and a server without encryption too"),
  tls: oneWord("--tls=1.0|1.1", "the oldest version of TLS, for old servers; 1.2 unless given", OLD_TLS),
  timeout: seconds("-t, --timeout=SECONDS", "how long it may take", { default: 10 }),
};

/** An option with one of these words. */
function oneWord<Value>(spelling: string, help: string, words: Readonly<Record<string, Value>>) {
  return {
    ...option(spelling, help, (given) => words[given]),
    expects: `one of ${Object.keys(words).join(", ")}`,
  };
}

type Options = OptionsOf<typeof OPTIONS>;

export const checkMssql = defineCheck({
  name: "check_mssql",
  summary: "SQL Server: the time of a login, and a query",
  isExperimental: true,
  options: OPTIONS,
  prepare: async () => void (await loadDriver()),
  target: ({ hostname }) => hostname,
  run,
});

const SERVICE = "MSSQL";

/** The part of the time that a kept connection has to show that it is good. */
const PROOF_MS = 125;

async function run(options: Options, given: RunContext): Promise<Report> {
  const { timeout: limit, warning, critical } = options;
  await loadDriver();
  const clock = new TargetClock();
  const said = report(SERVICE);
  const onTimeout = () =>
    new CheckFailure(`${SERVICE} CRITICAL - no answer within ${limit} seconds`, CRITICAL);
  try {
    await withinDeadline({ seconds: limit, outer: deadlineOf(given), onTimeout }, async (deadline) => {
      const context = { clock, deadline, proofMs: limit * PROOF_MS };
      using lease = await logIn(given.shared(MSSQL_POOL), readLogin(options), context);
      const took = clock.seconds;
      said.value("login", took, {
        unit: "s",
        warning,
        critical,
        min: 0,
        text: `login in ${took.toFixed(3)} s`,
      });
      await ask(lease.session, options, { clock, said });
      lease.keep = true;
    });
  } catch (error) {
    throw describe(error);
  }
  return said;
}

function readLogin(options: Options): Login {
  const { hostname, port: number, instance, database, trust, encrypt = true, tls } = options;
  const [username, password] = [options.username, options.password].map(toUnicode);
  return {
    host: hostname,
    port: number,
    instance,
    database: database && toUnicode(database),
    ...readUser(username ?? ""),
    password: password ?? "",
    encrypt,
    isTrusting: trust,
    minVersion: tls,
  };
}

/** Words of a command line are bytes. */
function toUnicode(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

interface Asked {
  readonly clock: TargetClock;
  readonly said: Report;
}

async function ask(session: Session, options: Options, { clock, said }: Asked): Promise<void> {
  const { query, label } = options;
  if (query === undefined) return;
  clock.tick();
  const elapsed = stopwatch(clock);
  const { sets, errors } = await session.ask(toUnicode(query));
  clock.tick();
  const took = elapsed();
  const [error] = errors;
  if (error !== undefined) {
    said.state(CRITICAL, `error ${error.number} of the server: ${error.text}`);
    return;
  }
  const [[[cell] = []] = []] = sets;
  tellValue(cell, options, said);
  const limits = { warning: options.runtimeWarning, critical: options.runtimeCritical, min: 0 };
  said.value(`${label} time`, took, { unit: "s", ...limits, text: `asked in ${took.toFixed(3)} s` });
}

type Cell = Awaited<ReturnType<Session["ask"]>>["sets"][number][number][number];

function tellValue(cell: Cell | undefined, options: Options, said: Report): void {
  const { label, valueWarning: warning, valueCritical: critical } = options;
  const shown = typeof cell === "number" ? renderNumber(cell) : cell;
  const isNumber = typeof shown === "string" && /^-?\d+(?:\.\d+)?(?:e[-+]\d+)?$/.test(shown);
  if (cell === undefined) said.state(UNKNOWN, "the query gave no row");
  else if (shown === null) said.state(UNKNOWN, `${label} is NULL`);
  else if (isNumber) said.value(label, Number(shown), { warning, critical, text: `${label} is ${shown}` });
  else said.state(UNKNOWN, `${label} is no number${typeof shown === "string" ? `: ${shown}` : ""}`);
}

/** What went wrong with the connection, for an operator. */
function describe(error: unknown): unknown {
  if (error instanceof DialError || error instanceof LoginFailed || error instanceof ConnectionLost)
    return new CheckFailure(`${SERVICE} CRITICAL - ${error.message}${hintOf(error)}`, CRITICAL, {
      cause: error,
    });
  if (error instanceof CheckDeclined && error.otherwise !== undefined) return error.otherwise;
  return error;
}

function hintOf(error: Error): string {
  if (!(error instanceof LoginFailed)) return "";
  if (error.code === "EENCRYPT") return " (--encrypt=no, or --trust where that is wanted)";
  return /certificate|altname/i.test(error.message) ? " (--trust accepts any certificate)" : "";
}
