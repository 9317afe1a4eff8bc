import type { State, Thresholds } from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import { createEreSearch, type EreSearch } from "../libc/ere/search.ts";
import { readLabels } from "./labels.ts";
import { isObjectName, type NamedObjects } from "./mibs/names.ts";
import { OPTIONS, REWRITES, type SnmpOptions } from "./options.ts";
import { type Rate, readRate } from "./rate-options.ts";
import { readCredentials } from "./session/credentials.ts";
import { type Oid, readOid } from "./session/oid.ts";
import { isUnderstoodHost } from "./snmpget/host-address.ts";
import type { SnmpgetOptions } from "./snmpget/snmpget.ts";
import { readThresholds } from "./thresholds.ts";

/** A command line of check_snmp that was understood. */
export interface SnmpCommand {
  readonly snmpget: Omit<SnmpgetOptions, "oids">;
  /** Numbers, or the names of which snmpget makes numbers by the MIBs it loads. */
  readonly asked: { readonly oids: readonly Oid[] } | NamedObjects;
  /** The objects as the command line has them. */
  readonly names: readonly string[];
  /** Undefined where a text is no range. The plugin says so only when it runs. */
  readonly thresholds: readonly Thresholds[] | undefined;
  readonly hasWarning: boolean;
  readonly hasCritical: boolean;
  /** What the values of the first objects are compared with where they have no threshold. */
  readonly searches: readonly Search[];
  readonly isInverted: boolean;
  readonly nulloid: State;
  readonly rate: Rate | undefined;
  readonly offset: number;
  readonly scale: Scale;
  readonly labels: readonly string[];
  readonly units: readonly string[];
  readonly delimiter: string;
  readonly outputDelimiter: string;
  readonly hasOidLabels: boolean;
}

export type Search = { readonly text: string } | { readonly ere: EreSearch };

/** What `-M` and `-f` do to integers and gauges. Multiplier 1 changes nothing. */
export interface Scale {
  readonly multiplier: number;
  readonly format: string | undefined;
}

const readOptions = createOptionsReader(OPTIONS, { rewrites: REWRITES });

/** Undefined where the plugin has to answer. */
export function readCommand(argv: readonly string[]): SnmpCommand | undefined {
  const read = readOptions(argv);
  if (read === undefined) return undefined;
  const { options, given } = read;
  const names = options.oids.flatMap((text) => text.split(",").filter((name) => name !== ""));
  const snmpget = readSnmpget(options);
  const asked = readAsked(options, names);
  const searches = readSearches(given);
  const scale = readScale(given);
  const labels = readAll(options.labels);
  const units = readAll(options.units);
  const rate = options.isRate ? readRate(options, argv, given) : undefined;
  if (snmpget === undefined || asked === undefined) return undefined;
  if (searches === undefined || scale === undefined) return undefined;
  if (labels === undefined || units === undefined || options.isRate !== (rate !== undefined))
    return undefined;
  return {
    snmpget,
    asked,
    names,
    thresholds: readThresholds(options.warning, options.critical, names.length),
    hasWarning: options.warning !== undefined,
    hasCritical: options.critical !== undefined,
    searches,
    isInverted: options.isInverted,
    nulloid: options.nulloid,
    rate,
    offset: options.offset,
    scale,
    labels,
    units,
    delimiter: options.delimiter,
    outputDelimiter: options.outputDelimiter,
    hasOidLabels: options.hasOidLabels,
  };
}

/** Near the longest time setTimeout takes. */
const MAX_SECONDS = 2_000_000;

function readSnmpget(options: SnmpOptions): SnmpCommand["snmpget"] | undefined {
  const { port, isNext, timeout, retries } = options;
  const host = options.hostname ?? options.words[0];
  const credentials = readCredentials(options);
  if (host === undefined || credentials === undefined || !isUnderstoodHost(host)) return undefined;
  if (timeout * (retries + 1) > MAX_SECONDS) return undefined;
  return { host, port, credentials, isNext, timeout, retries };
}

/** Without -m the plugin loads no MIBs for objects that are written in digits, and all MIBs for others. */
function readAsked(
  { oids: texts, miblist, isNext }: SnmpOptions,
  names: readonly string[],
): SnmpCommand["asked"] | undefined {
  const isInDigits = texts.every((text) => /^[0-9.,]*$/.test(text));
  const mibs = miblist ?? (isInDigits ? "" : "ALL");
  const oids = names.flatMap((name) => readOid(name) ?? []);
  if (names.length === 0) return undefined;
  if (oids.length === names.length && /^:?$/.test(mibs)) return { oids };
  // The objects that follow others have names nobody has asked for.
  if (isNext || !names.every(isObjectName)) return undefined;
  return { miblist: mibs, names };
}

function readAll(texts: readonly string[]): readonly string[] | undefined {
  const lists = texts.map(readLabels);
  return lists.every((each) => each !== undefined) ? lists.flat() : undefined;
}

/** The plugin keeps further texts in memory it has not cleared. */
const MAX_SEARCHES = 8;
/** Bytes. The plugin cuts longer texts. */
const MAX_SEARCH_LENGTH = 8191;

/**
 * Only the last of several texts counts, and the last of several expressions. After one `-R` all expressions
 * ignore case.
 */
function readSearches(given: readonly GivenText[]): readonly Search[] | undefined {
  const asked = given.filter(({ name }) => ["string", "regex", "regexi"].includes(name));
  if (asked.length > MAX_SEARCHES) return undefined;
  let text: Search | undefined;
  let ere: Search | undefined;
  let ignoresCase = false;
  for (const { name, text: pattern = "" } of asked) {
    if (pattern.length > MAX_SEARCH_LENGTH) return undefined;
    if (name === "string") text = { text: pattern };
    else {
      ignoresCase ||= name === "regexi";
      const compiled = createEreSearch(pattern, { ignoresCase, knowsLines: true, encoding: "bytes" });
      if (compiled === undefined) return undefined;
      ere = { ere: compiled };
    }
  }
  return asked.flatMap(({ name }) => (name === "string" ? text : ere) ?? []);
}

/** `-M` is ignored if it has other characters, and `-f` if no multiplier other than 1 comes before it. */
function readScale(given: readonly GivenText[]): Scale | undefined {
  let multiplier = 1;
  let format: string | undefined;
  for (const { name, text = "" } of given) {
    if (name === "multiplier" && /^[0-9.,]*$/.test(text)) multiplier = Number.parseFloat(text) || 0;
    if (name === "format" && multiplier !== 1) format = text;
  }
  return format === undefined || isFormat(format) ? { multiplier, format } : undefined;
}

/** Whether it is a printf format for one real number, of limited width. */
function isFormat(format: string): boolean {
  return /^[^%]{0,80}%[-+ 0#]*[0-9]{0,2}(?:\.[0-9]{0,2})?[fFeEgG][^%]{0,80}$/.test(format);
}
