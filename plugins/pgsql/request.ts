import { leftToPlugin, list, number, option, range, seconds, text, words } from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { isInteger } from "../libc/number.ts";
import { sprintf } from "../libc/printf.ts";
import { isPlainHost } from "../transport/host.ts";
import { isAscii } from "./libpq/server-error.ts";

export const OPTIONS = {
  hostname: text("-H, --hostname=ADDRESS", "host name, address, or folder of a Unix socket"),
  port: option("-P, --port=INTEGER", "port number", (given) => (isInteger(given) ? given : undefined)),
  database: option("-d, --database=STRING", "database to check", readName, { default: "template1" }),
  user: option("-l, --logname=STRING", "login name", readName),
  password: text("-p, -a, --password, --authorization=STRING", "password", { secret: true }),
  parameters: list(text("-o, --option=STRING", "connection parameters: keyword = value")),
  warning: number("-w, --warning=DOUBLE", "seconds that are a warning", { default: 2, min: 0 }),
  critical: number("-c, --critical=DOUBLE", "seconds that are critical", { default: 8, min: 0 }),
  timeout: seconds("-t, --timeout=INTEGER", "how long it may take", { default: 10 }),
  query: text("-q, --query=STRING", "a query, of which the first value is judged"),
  queryName: text("--queryname=STRING", "what is shown in place of the query"),
  queryWarning: range("-W, --query_warning=RANGE", "values that are a warning"),
  queryCritical: range("-C, --query_critical=RANGE", "values that are critical"),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
  words: words("…", "further words, which have no effect"),
};

/** Bytes of a name in the plugin. */
const MAX_NAME = 63;

const readOptions = createOptionsReader(OPTIONS);

/** The plugin ends with the first name that is too long, also where another one follows. */
function readName(given: string): string | undefined {
  return given.length <= MAX_NAME ? given : undefined;
}

/** A command line that was understood. */
export interface PgsqlRequest extends Omit<NonNullable<ReturnType<typeof readOptions>>["options"], "words"> {
  /** What the plugin gives to libpq. */
  readonly conninfo: string;
  /** Whether the query only reads, so that its connection is as before when it has ended. */
  readonly leavesNothing: boolean;
  /** What follows the time in the perfdata. */
  readonly timeLimits: string;
}

const ONLY_READS = /^\s*(?:select|with|show|values|table)\b[^;]*;?\s*$/i;
const LEAVES_SOMETHING = /set_config|advisory_lock/i;

/** Undefined where the plugin has to answer. */
export function readRequest(argv: readonly string[]): PgsqlRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined || !argv.every(isAscii)) return undefined;
  const { options, given } = read;
  const { hostname, parameters, query = "" } = options;
  // The plugin looks up the host of each -H where the option stands.
  if (given.filter(({ name }) => name === "hostname").length > 1) return undefined;
  if (hostname !== undefined && !hostname.startsWith("/") && !isPlainHost(hostname)) return undefined;
  // A whole URI, and several hosts, are read by other rules.
  if (/^postgres(?:ql)?:\/\//.test(parameters[0] ?? "")) return undefined;
  const leavesNothing = ONLY_READS.test(query) && !LEAVES_SOMETHING.test(query);
  return { ...options, conninfo: renderConninfo(options), leavesNothing, timeLimits: renderLimits(options) };
}

/** A threshold of 0 is not shown. */
function renderLimits({ warning, critical }: Pick<PgsqlRequest, "warning" | "critical">): string {
  const [first, second] = [warning, critical].map((limit) => (limit > 0 ? sprintf("%f", limit) : ""));
  return `;${first};${second};${sprintf("%f", 0)}`;
}

/** The plugin puts its values between quotes without escaping anything. */
function renderConninfo({
  hostname,
  port,
  database,
  user,
  password,
  parameters,
}: Omit<PgsqlRequest, "conninfo" | "leavesNothing" | "timeLimits">): string {
  const rest = { host: hostname, port, user, password };
  const pairs = Object.entries(rest).filter(([, value]) => value !== undefined);
  const quoted = [["dbname", database], ...pairs].map(([name, value]) => `${name} = '${value}'`);
  return [...(parameters.length === 0 ? [] : [parameters.join(" ")]), ...quoted].join(" ");
}
