import { isIP } from "node:net";
import { leftToPlugin, text, words } from "../../sdk/index.ts";
import { isThreshold } from "./threshold.ts";

/** What is asked: a query, the build of the server, or the health of its targets. */
export type Mode = "query" | "ping" | "targets_health";

/** The rows of `--help`. Flags have one dash or two. */
export const PROMETHEUS_OPTIONS = {
  words: words("mode query|ping|targets_health", "what is asked"),
  timeout: text("-t, --timeout=SECONDS", "how long it may take, 0 is no limit", { default: "10" }),
  age: text("-f, --data-age=SECONDS", "how old values may be", { default: "300" }),
  address: text("--address=URL", "of the server", { default: "http://localhost:9100" }),
  q: text("-q=QUERY", "in PromQL"),
  a: text("-a=TEXT", "in place of the query; {{.label}} is a label's value"),
  w: text("-w=RANGE", "values that are a warning"),
  c: text("-c=RANGE", "values that are critical"),
  search: text("--search=PATTERN", "for the labels of the perfdata"),
  replace: text("--replace=TEXT", "in place of what the pattern has found"),
  eqm: text("--eqm=TEXT", "if the query has no result"),
  eqs: text("--eqs=STATE", "if the query has no result"),
  l: text("-l=LABEL", "for the perfdata of targets_health", { default: "instance" }),
  verbose: leftToPlugin("--verbose", "what is sent"),
  insecure: leftToPlugin("--insecure", "any certificate"),
  cookie: leftToPlugin("--cookie=NAME=VALUE", "is sent with the request", { secret: true }),
  encoding: leftToPlugin("--query-encoding=raw|base64", "how the query is written"),
};

export interface PrometheusCommand {
  readonly mode: Mode;
  readonly address: string;
  readonly timeout: number;
  readonly query: string;
  readonly alias: string;
  readonly warning: string;
  readonly critical: string;
  readonly search: RegExp | undefined;
  readonly replacement: string;
  readonly emptyText: string;
  /** Undefined: the plugin prints no state then, and returns 0. */
  readonly emptyState: string | undefined;
  readonly label: string;
}

const GLOBAL: ReadonlyMap<string, string> = new Map([
  ["t", "timeout"],
  ["timeout", "timeout"],
  ["f", "age"],
  ["data-age", "age"],
]);
const MODES: ReadonlyMap<string, Mode> = new Map([
  ["query", "query"],
  ["q", "query"],
  ["ping", "ping"],
  ["p", "ping"],
  ["targets_health", "targets_health"],
]);
const FLAGS: Readonly<Record<Mode, readonly string[]>> = {
  query: ["address", "q", "a", "w", "c", "search", "replace", "eqm", "eqs"],
  ping: ["address"],
  targets_health: ["address", "w", "c", "l"],
};
const URL_FORM =
  /^https?:\/\/(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::[1-9][0-9]{0,4})?(?:\/[A-Za-z0-9._~-]+)*\/?$/;
/** What Go's and JavaScript's expressions read in the same way. */
const PATTERN = /^(?:[A-Za-z0-9 _"=,:/.*+?()|^$-]|\\["{}.[\]/-])*$/;
const REPLACEMENT = /^(?:[^$]|\$[0-9](?![A-Za-z0-9_]))*$/;
const MAX_SECONDS = 86_400;

/** Reads a command line. Undefined: the plugin has to answer it. */
export function readPrometheusCommand(argv: readonly string[]): PrometheusCommand | undefined {
  const globals = readFlags(argv, (name) => GLOBAL.get(name));
  const [word = "", name = "", ...rest] = globals?.rest ?? [];
  const mode = MODES.get(name);
  if (globals === undefined || !/^(?:mode|m)$/.test(word) || mode === undefined) return undefined;
  const own = readFlags(rest, (each) => (FLAGS[mode].includes(each) ? each : undefined));
  if (own === undefined || own.rest.length > 0) return undefined;
  return createCommand(mode, new Map([...globals.given, ...own.given]));
}

function createCommand(mode: Mode, given: ReadonlyMap<string, string>): PrometheusCommand | undefined {
  const flagOf = (name: string, otherwise = "") => given.get(name) ?? otherwise;
  const [timeout, age] = [readSeconds(flagOf("timeout", "10")), readSeconds(flagOf("age", "300"))];
  const [warning, critical] = [flagOf("w"), flagOf("c")];
  const address = flagOf("address", "http://localhost:9100");
  const search = readPattern(flagOf("search"));
  const areTexts = [...given.values()].every((value) => /^[ -~]*$/.test(value));
  const isSure = [warning, critical].every(isThreshold) && isAddress(address) && areTexts;
  if (timeout === undefined || age === undefined || search === "unsure" || !isSure) return undefined;
  if (!REPLACEMENT.test(flagOf("replace")) || !isAlias(flagOf("a"))) return undefined;
  return {
    mode,
    address,
    timeout,
    query: flagOf("q"),
    alias: flagOf("a"),
    warning: warning.trim(),
    critical: critical.trim(),
    search,
    replacement: flagOf("replace"),
    emptyText: flagOf("eqm"),
    emptyState: given.get("eqs"),
    label: flagOf("l", "instance"),
  };
}

interface ReadFlags {
  readonly given: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Reads flags up to the first other word. Undefined: one is not known, or its value looks like a flag. */
function readFlags(
  argv: readonly string[],
  find: (name: string) => string | undefined,
): ReadFlags | undefined {
  const given = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (!word.startsWith("-")) return { given, rest: argv.slice(at) };
    const [, name = "", written] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word) ?? [];
    const flagName = find(name);
    if (written === undefined) at += 1;
    const value = written ?? argv[at];
    if (flagName === undefined || value === undefined || given.has(flagName)) return undefined;
    if (written === undefined && value.startsWith("-")) return undefined;
    given.set(flagName, value);
  }
  return { given, rest: [] };
}

function readSeconds(text: string): number | undefined {
  const seconds = /^[1-9][0-9]{0,6}$/.test(text) ? Number(text) : 0;
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}

function isAddress(address: string): boolean {
  const url = URL_FORM.test(address) ? URL.parse(address) : null;
  return url !== null && (isIP(url.hostname) === 4 || /[A-Za-z\]]$/.test(url.hostname));
}

function readPattern(text: string): RegExp | "unsure" | undefined {
  if (text === "") return undefined;
  if (!PATTERN.test(text) || /\(\?(?!:)|[*+?]{3}|^[*+?]|\([*+?]/.test(text.replaceAll("(?:", "(")))
    return "unsure";
  try {
    return new RegExp(text.replaceAll('\\"', '"').replaceAll("\\/", "/"), "g");
  } catch {
    return "unsure";
  }
}

/** Of Go's templates only values of labels are taken. */
function isAlias(alias: string): boolean {
  return !/\{\{/.test(alias.replace(LABEL_VALUE, "")) && !/\\/.test(alias);
}

/** `{{.instance}}` in an alias. */
export const LABEL_VALUE = /\{\{\.([A-Za-z_][A-Za-z0-9_]*)\}\}/g;
