import type { State } from "../../../sdk/index.ts";
import { createOptionsReader } from "../../../sdk/read-options.ts";
import { isPlainHost } from "../../transport/host.ts";
import { isAscii, lowerCase, matches, readPattern } from "../glplugin/perl.ts";
import type { GivenThresholds } from "../glplugin/thresholds.ts";
import { OPTIONS } from "./options.ts";

const readOptions = createOptionsReader(OPTIONS);

type Options = NonNullable<ReturnType<typeof readOptions>>["options"];

/** A command line that was understood. */
export interface HealthRequest
  extends Omit<
    Options,
    "mode" | "warning" | "critical" | "warningx" | "criticalx" | "negate" | "mitigation"
  > {
  /** As it stands on the command line: an alias is another name of the plugin's files. */
  readonly modeName: string;
  readonly thresholds: GivenThresholds;
  readonly negated: ReadonlyMap<State, State>;
  /** Of `--mitigation`: a state, or the hours that a new database may be without a backup. */
  readonly mitigation: Mitigation | undefined;
  /** Tests a name of a database or job. */
  readonly matchesName: (name: string) => boolean;
}

export type Mitigation =
  | { readonly kind: "state"; readonly state: State }
  | { readonly kind: "hours"; readonly hours: number };

/**
 * Undefined where the plugin has to answer.
 *
 * @param isStatement whether `--name` is an SQL statement in this mode
 */
export function readRequest(
  argv: readonly string[],
  isStatement: (mode: string) => boolean,
): HealthRequest | undefined {
  if (!argv.every(isAscii) || argv.some(isAbbreviated)) return undefined;
  const options = readOptions(argv)?.options;
  if (options === undefined || !isPlain(options)) return undefined;
  const { mode: modeName } = options;
  const names = readNames(options);
  const thresholds = readThresholds(options);
  const negated = readNegation(options.negate);
  const mitigation = readMitigation(options.mitigation);
  const matchesName = createNameTest(names.name, options.regexp && !isStatement(modeName));
  if (!thresholds || !negated || !matchesName || mitigation === "unknown") return undefined;
  return { ...options, ...names, modeName, thresholds, negated, mitigation, matchesName };
}

/** The plugin takes abbreviations of all its options, of which the table has a part. */
function isAbbreviated(word: string): boolean {
  const [, name] = /^--([a-z][a-z0-9-]*)(?:=|$)/i.exec(word) ?? [];
  return name !== undefined && !LONG_NAMES.has(name);
}

const LONG_NAMES = new Set(Object.values(OPTIONS).flatMap(({ rows }) => rows.flatMap(({ longs }) => longs)));

/** Values that mean the same here and in Perl. `0` and nothing are false there. */
function isPlain({
  hostname,
  server,
  username,
  password,
  method,
  report,
  timeout,
  lookback,
  ...rest
}: Options): boolean {
  const isFalse = (text: string | undefined) => text === "0" || text === "";
  if ([hostname, server, username, password, rest.units, rest.currentdb, rest.statefilesdir].some(isFalse))
    return false;
  if (hostname !== undefined && !isPlainHost(hostname)) return false;
  if ((method ?? "dbi") !== "dbi" || !["long", "short"].includes(report)) return false;
  // The plugin sets its alarm a second earlier, and none for a second.
  return timeout >= 3 && (lookback === undefined || /^[1-9]\d{0,5}$/.test(lookback));
}

/** `rfc3986://` before a value: it has characters as `%20`. */
function decode(text: string | undefined): string | undefined {
  const [, encoded] = /^rfc3986:\/\/(.*)/.exec(text ?? "") ?? [];
  return encoded === undefined ? text : unescapeAll(encoded);
}

function unescapeAll(text: string): string {
  return text.replaceAll(/%([A-Fa-f0-9]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** A name may have quotes or blanks as `%22` and `%20` without that mark. */
function readNames(options: Options) {
  const [username, password, name2] = [options.username, options.password, options.name2].map(decode);
  const name = decode(options.name);
  const isEncoded = name !== undefined && /%22|%27|(?:select|exec)%20/i.test(name);
  return { username, password, name: isEncoded ? unescapeAll(name) : name, name2 };
}

function createNameTest(
  name: string | undefined,
  isPattern: boolean,
): ((text: string) => boolean) | undefined {
  if (name === undefined || name === "" || name === "0") return () => true;
  if (!isPattern) return (text) => lowerCase(text) === lowerCase(name);
  const pattern = readPattern(name, "i");
  return pattern && ((text) => matches(pattern, text));
}

function readThresholds({ warning, critical, warningx, criticalx }: Options): GivenThresholds | undefined {
  const warnings = readPairs(warningx);
  const criticals = readPairs(criticalx);
  return warnings && criticals && { warning, critical, warnings, criticals };
}

/** A name with a `*` is a pattern. */
function readPairs(texts: readonly string[]): ReadonlyMap<string, string> | undefined {
  const pairs = texts.map((text) => /^([^=*]+)=(.*)$/.exec(text));
  if (pairs.includes(null)) return undefined;
  return new Map(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}

const STATES: Readonly<Record<string, State>> = { ok: 0, warning: 1, critical: 2, unknown: 3 };

function readNegation(texts: readonly string[]): ReadonlyMap<State, State> | undefined {
  const negated = new Map<State, State>();
  for (const text of texts) {
    const [from, to] = text
      .toLowerCase()
      .split("=")
      .map((word) => STATES[word]);
    if (from === undefined || to === undefined || negated.has(from)) return undefined;
    negated.set(from, to);
  }
  return negated;
}

function readMitigation(text: string | undefined): Mitigation | undefined | "unknown" {
  if (text === undefined) return undefined;
  const hours = /^ok=(\d{1,6})$/.exec(text)?.[1];
  if (hours !== undefined) return { kind: "hours", hours: Number(hours) };
  const state = /^[1-3]$/.test(text) ? (Number(text) as State) : STATES[text];
  // 0 is false in Perl in some places and a state in others.
  return state === undefined || state === 0 ? "unknown" : { kind: "state", state };
}
