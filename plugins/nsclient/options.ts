import {
  integer,
  type OptionsOf,
  oneOf,
  option,
  type State,
  seconds,
  text,
  UNKNOWN,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { strtoul } from "../libc/number.ts";
import { isPlainHost } from "../transport/host.ts";

/** What the agent is asked for, and the number of the question. */
export const VARIABLES = {
  CLIENTVERSION: 1,
  CPULOAD: 2,
  UPTIME: 3,
  USEDDISKSPACE: 4,
  SERVICESTATE: 5,
  PROCSTATE: 6,
  MEMUSE: 7,
  COUNTER: 8,
  FILEAGE: 9,
  INSTANCES: 10,
} as const;

export type Variable = keyof typeof VARIABLES;

export const NT_OPTIONS = {
  hostname: text("-H, --hostname=ADDRESS", "host name or address"),
  port: integer("-p, --port=PORT", "port number", { default: 1248, min: 0 }),
  secret: text("-s, --secret=PASSWORD", "the agent's password", { default: "None", secret: true }),
  variable: option("-v, --variable=NAME", Object.keys(VARIABLES).join(", "), readVariable, {
    required: true,
  }),
  parameters: text("-l, --params=LIST", "what of it, separated by commas"),
  warning: option("-w, --warning=NUMBER", "threshold of a warning", readThreshold),
  critical: option("-c, --critical=NUMBER", "critical threshold", readThreshold),
  display: text("-d, --display=SHOWALL", "name services and processes that run, too"),
  timedOut: oneOf<State, { readonly default: 2 }>(
    { "-u, --unknown-timeout": UNKNOWN },
    "UNKNOWN if it takes too long",
    { default: 2 },
  ),
  timeout: seconds("-t, --timeout=SECONDS", "how long it may take", { default: 10 }),
  words: words("ADDRESS", "the same as --hostname, in the first place"),
};

export type NtOptions = OptionsOf<typeof NT_OPTIONS>;

/** A command line that was understood. Thresholds are unsigned numbers of 64 bits. */
export interface NtRequest extends Omit<NtOptions, "hostname" | "display" | "words"> {
  readonly host: string;
  readonly showsAll: boolean;
}

const readOptions = createOptionsReader(NT_OPTIONS, {
  words: "around",
  rewrites: { "-to": "-t", "-wv": "-w", "-cv": "-c" },
});

/** Reads a command line. Undefined: the plugin has to answer it. */
export function readNtRequest(argv: readonly string[]): NtRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined) return undefined;
  const { hostname, display, words, ...options } = read.options;
  const host = hostname ?? (words[0] === argv[0] ? words[0] : undefined);
  if (host === undefined || !isPlainHost(host)) return undefined;
  const showsAll = read.given.some(({ name, text }) => name === "display" && text === "SHOWALL");
  return isSure(options) ? { ...options, host, showsAll } : undefined;
}

function readVariable(text: string): Variable | undefined {
  return Object.hasOwn(VARIABLES, text) ? (text as Variable) : undefined;
}

function readThreshold(text: string): bigint {
  return strtoul(text).value;
}

/** The plugin looks whether an answer is there for all seconds but one. */
const MIN_TIMEOUT = 2;
/** Node's timers can wait for so long. */
const MAX_TIMEOUT = 2_000_000;
/** The plugin's list of numbers has 30 places. It looks at three numbers behind the last ones. */
const MAX_NUMBERS = 27;

/** Whether this process is sure to do the same as the plugin. */
function isSure({ timeout, variable, parameters = "" }: Omit<NtRequest, "host" | "showsAll">): boolean {
  if (timeout < MIN_TIMEOUT || timeout > MAX_TIMEOUT) return false;
  if (variable === "CPULOAD") return parameters.split(",").length <= MAX_NUMBERS;
  return variable !== "COUNTER" || isSureCounter(parameters);
}

/** The description is a format of printf. What the plugin would read from its stack is left to it. */
const FORMAT = /^(?:[^%]|%%)*(?:%[-+ 0#]{0,5}[0-9]{0,3}(?:\.[0-9]{0,3})?[fFeEgG](?:[^%]|%%)*)?$/s;
/** Counter, description, unit, minimum and maximum. */
const MINIMUM_ONLY = 4;

/** The plugin ends with a signal if there is a minimum and no maximum. */
function isSureCounter(parameters: string): boolean {
  if (/^[,&]|[,&]{2}|&/.test(parameters)) return false;
  const parts = parameters.split(",").filter((part) => part !== "");
  const [, description = ""] = parts;
  return FORMAT.test(description) && (parts.length !== MINIMUM_ONLY || parameters.includes("%"));
}
