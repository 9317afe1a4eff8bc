import type { State, Thresholds } from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import { createEreSearch, type EreSearch } from "../libc/ere-search.ts";
import { readLabels } from "./labels.ts";
import { DELIMITER } from "./objects.ts";
import { OPTIONS, type SnmpOptions } from "./options.ts";
import { findStateDirectory, nameStateFile } from "./rate-state.ts";
import { readAccess } from "./session/credentials.ts";
import { readOid } from "./session/oid.ts";
import { isUnderstoodHost } from "./snmpget/host-address.ts";
import type { SnmpgetOptions } from "./snmpget/snmpget.ts";
import { readThresholds } from "./thresholds.ts";

/** A command line of check_snmp, understood. */
export interface SnmpCommand {
  readonly snmpget: SnmpgetOptions;
  /** The objects as they were written. */
  readonly names: readonly string[];
  /** Undefined: one of them is none, which the plugin says when it runs. */
  readonly thresholds: readonly Thresholds[] | undefined;
  readonly hasWarning: boolean;
  readonly hasCritical: boolean;
  /** How the first objects are looked at that have no threshold: by what is written, the last of its kind. */
  readonly searches: readonly Search[];
  readonly isInverted: boolean;
  readonly nulloid: State;
  readonly rate: { readonly multiplier: number; readonly stateFile: string } | undefined;
  readonly offset: number;
  readonly scale: Scale;
  readonly labels: readonly string[];
  readonly units: readonly string[];
  readonly delimiter: string;
  readonly outputDelimiter: string;
  readonly hasOidLabels: boolean;
}

export type Search = { readonly text: string } | { readonly ere: EreSearch };

/** What `-M` and `-f` do to integers and gauges; 1 is nothing. */
export interface Scale {
  readonly multiplier: number;
  readonly format: string | undefined;
}

const REWRITES = { "-to": "-t", "-wv": "-w", "-cv": "-c" };
const readOptions = createOptionsReader(OPTIONS, { rewrites: REWRITES });

/** Undefined where the plugin has to answer. */
export function readCommand(argv: readonly string[]): SnmpCommand | undefined {
  const read = readOptions(argv);
  if (read === undefined) return undefined;
  const { options, given } = read;
  const names = options.oids.flatMap((text) => text.split(",").filter((name) => name !== ""));
  const snmpget = readSnmpget(options, names);
  const searches = readSearches(given);
  const scale = readScale(given);
  const labels = readAll(options.labels);
  const units = readAll(options.units);
  const rate = options.isRate ? readRate(options, argv, given) : undefined;
  if (snmpget === undefined || searches === undefined || scale === undefined) return undefined;
  if (labels === undefined || units === undefined || options.isRate !== (rate !== undefined))
    return undefined;
  return {
    snmpget,
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

/** setTimeout takes no more. */
const MAX_SECONDS = 2_000_000;

function readSnmpget(options: SnmpOptions, names: readonly string[]): SnmpgetOptions | undefined {
  const { port, isNext, timeout, retries } = options;
  const host = options.hostname ?? options.words[0];
  const oids = names.flatMap((name) => readOid(name) ?? []);
  const access = readAccess(options);
  if (host === undefined || access === undefined || !isUnderstoodHost(host)) return undefined;
  if (oids.length === 0 || oids.length < names.length) return undefined;
  if (timeout * (retries + 1) > MAX_SECONDS) return undefined;
  return { host, port, access, oids, isNext, timeout, retries };
}

function readAll(texts: readonly string[]): readonly string[] | undefined {
  const lists = texts.map(readLabels);
  return lists.every((each) => each !== undefined) ? lists.flat() : undefined;
}

/** More of them the plugin keeps in memory it has not cleared. */
const MAX_SEARCHES = 8;
/** What is longer the plugin cuts. */
const MAX_SEARCH_LENGTH = 8191;

/** Of several texts, and of several expressions, the last is the one that counts; `-R` once is for all that follow. */
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

/** `-M` is ignored unless it is made of these characters, `-f` unless a multiplier other than 1 came before it. */
function readScale(given: readonly GivenText[]): Scale | undefined {
  let multiplier = 1;
  let format: string | undefined;
  for (const { name, text = "" } of given) {
    if (name === "multiplier" && /^[0-9.,]*$/.test(text)) multiplier = Number.parseFloat(text) || 0;
    if (name === "format" && multiplier !== 1) format = text;
  }
  return format === undefined || isFormat(format) ? { multiplier, format } : undefined;
}

/** Printf formats of one real number, of bounded width. */
function isFormat(format: string): boolean {
  return /^[^%]{0,80}%[-+ 0#]*[0-9]{0,2}(?:\.[0-9]{0,2})?[fFeEgG][^%]{0,80}$/.test(format);
}

/**
 * Words that belong to no option, and those the plugin rewrites, would change the name of its state file; without any object, which
 * takes another delimiter, it writes beside its memory.
 */
function readRate(
  { rateMultiplier, words, delimiter }: SnmpOptions,
  argv: readonly string[],
  given: readonly GivenText[],
) {
  const directory = findStateDirectory(process.env);
  const isPlain =
    delimiter === DELIMITER && words.length === 0 && !argv.some((word) => Object.hasOwn(REWRITES, word));
  if (directory === undefined || !isPlain) return undefined;
  return { multiplier: rateMultiplier, stateFile: nameStateFile(directory, cutWords(argv, given)) };
}

/**
 * The words as they are when the plugin comes to `--rate`: it has cut those before it where it took them apart, `-o` at its first
 * comma, labels and units as well, and the name is made of what is left.
 */
function cutWords(argv: readonly string[], given: readonly GivenText[]): readonly string[] {
  const words = [...argv];
  const before = given.slice(
    0,
    given.findIndex(({ name }) => name === "isRate"),
  );
  let at = 0;
  for (const { name, text } of before) {
    if (text === undefined) continue;
    while (at < words.length - 1 && !words[at]?.endsWith(text)) at += 1;
    const word = words[at] ?? "";
    words[at] = word.slice(0, word.length - text.length) + cut(name, text);
    at += 1;
  }
  return words;
}

function cut(name: string, text: string): string {
  if (name === "oids") return /^,*[^,]*/.exec(text)?.[0] ?? "";
  if (name !== "labels" && name !== "units") return text;
  const [blanks = ""] = /^[ \t\r\n]*/.exec(text) ?? [];
  const label = text.slice(blanks.length);
  if (/^[',]/.test(label)) return blanks;
  const comma = label.indexOf(",");
  return comma >= 0 && comma < label.length - 1 ? blanks + label.slice(0, comma) : text;
}
