import { readdirSync, readFileSync } from "node:fs";
import type { Check } from "../../sdk/index.ts";
import type { SharedValues } from "../../sdk/shared.ts";
import { runCheck } from "../../sdk/testing.ts";

/** One recorded run of a real plugin: a line of test/fixtures/native/*.jsonl. Texts are byte strings. */
export interface Transcript {
  readonly seq: number;
  readonly plugin: string;
  readonly args: readonly string[];
  /** What the run shows: `ok`, `timeout`, `badargs` … */
  readonly category: string;
  /** Null: the plugin was still running after 40 seconds. A native answer counts as a difference then. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly note?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The file it was read from, without its ending. It is added here. */
  readonly file: string;
}

/**
 * What replaces ports, paths and names of the recording in this run:
 * `{ 18080: "23456", "/srv/oracle/key": "/tmp/x/key" }`.
 */
export type Places = Readonly<Record<string, string>>;

/** A text that differs from run to run, and what replaces it in both answers. */
export type NormalRule = readonly [pattern: RegExp, replacement: string | ((...found: string[]) => string)];

export interface ReplayOptions {
  readonly places?: Places;
  /** Rules for one plugin (counters, uptime …), which are applied after the common ones. */
  readonly rules?: readonly NormalRule[];
  /** How many run at a time; 1 if a run leaves something for the next one. */
  readonly atOnce?: number;
  /** The default is 60 seconds. */
  readonly timeoutMs?: number;
  readonly shared?: SharedValues;
}

/** The results of all transcripts. A test asserts `counts`, `executed` and that `differences` is empty. */
export interface Replay {
  readonly counts: { readonly equal: number; readonly executed: number; readonly different: number };
  /** How many of each category were left to the plugin. */
  readonly executed: Readonly<Record<string, number>>;
  /** For each difference a text: the transcript, its words, the recorded answer and the native one. */
  readonly differences: readonly string[];
}

interface Answer {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const FIXTURES = new URL("../fixtures/native/", import.meta.url);

/** They were recorded in a network namespace. Elsewhere other machines may have the addresses. */
const OF_NETWORK = "netns_unreach_loss.jsonl";

/** Reads the transcripts of a plugin, from all files but the one of the network namespace. */
export function readTranscripts(plugin: string): readonly Transcript[] {
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith(".jsonl") && name !== OF_NETWORK);
  const all = files.sort().flatMap(readLines);
  return all.filter((each) => each.plugin === plugin || each.plugin?.endsWith(`/${plugin}`));
}

/** Reads the transcripts that `runInNetwork` can answer, of these plugins. */
export function readNetworkTranscripts(plugins: readonly string[]): readonly Transcript[] {
  return readLines(OF_NETWORK).filter(({ plugin }) => plugins.includes(plugin));
}

function readLines(name: string): readonly Transcript[] {
  const lines = readFileSync(new URL(name, FIXTURES), "utf8").trimEnd().split("\n");
  return lines.map((line) => ({ ...JSON.parse(line), file: name.replace(/\.jsonl$/, "") }));
}

/** Runs transcripts natively and compares the answers. By default these are all transcripts of the check. */
export async function replay(
  check: Check,
  options: ReplayOptions = {},
  transcripts: readonly Transcript[] = readTranscripts(check.name),
): Promise<Replay> {
  const waiting = transcripts.values();
  const replayed: Replayed[] = [];
  const runNext = async () => {
    for (const transcript of waiting) replayed.push(await replayOne(check, transcript, options));
  };
  await Promise.all(Array.from({ length: options.atOnce ?? 8 }, runNext));
  return summarise(replayed);
}

type Verdict = "equal" | "executed" | "different";

interface Replayed {
  readonly transcript: Transcript;
  readonly verdict: Verdict;
  readonly difference?: string;
}

async function replayOne(
  check: Check,
  transcript: Transcript,
  { places = {}, rules = [], timeoutMs = 60_000, shared }: ReplayOptions,
): Promise<Replayed> {
  const argv = transcript.args.map((word) => exchange(word, places));
  if (check.understand(argv) === undefined) return { transcript, verdict: "executed" };
  const settings = { timeoutMs, ...(shared && { shared }) };
  const native = await runCheck(check, argv, settings).then(
    ({ returnCode, output, stderr }): Answer => ({ exit: returnCode, stdout: output, stderr }),
    (error: unknown): Answer => ({ exit: null, stdout: "", stderr: String(error) }),
  );
  const back = Object.fromEntries(Object.entries(places).map(([recorded, here]) => [here, recorded]));
  const recordedText = render(transcript, rules);
  const nativeText = render(native, rules, back);
  if (recordedText === nativeText && transcript.exit !== null) return { transcript, verdict: "equal" };
  const title = `${transcript.file} ${transcript.seq}: ${[check.name, ...transcript.args.map((word) => JSON.stringify(word))].join(" ")}`;
  return {
    transcript,
    verdict: "different",
    difference: `${title}\n  recorded ${recordedText}\n  native   ${nativeText}`,
  };
}

function summarise(replayed: readonly Replayed[]): Replay {
  const count = (verdict: Verdict) => replayed.filter((each) => each.verdict === verdict).length;
  const executed: Record<string, number> = {};
  for (const { verdict, transcript } of replayed) {
    if (verdict === "executed") executed[transcript.category] = (executed[transcript.category] ?? 0) + 1;
  }
  return {
    counts: { equal: count("equal"), executed: count("executed"), different: count("different") },
    executed,
    differences: replayed.flatMap(({ difference }) => difference ?? []).sort(),
  };
}

function render({ exit, stdout, stderr }: Answer, rules: readonly NormalRule[], places: Places = {}): string {
  const show = (text: string) => JSON.stringify(normalise(exchange(text, places), rules));
  return `${exit ?? "unended"} ${show(stdout)}${stderr === "" ? "" : ` stderr ${show(stderr)}`}`;
}

/** Replaces all places in one pass, the longest first. A port is not replaced inside a longer number. */
export function exchange(text: string, places: Places): string {
  const names = Object.keys(places).sort((a, b) => b.length - a.length);
  if (names.length === 0) return text;
  const pattern = new RegExp(`(?<!\\d)(?:${names.map(RegExp.escape).join("|")})(?!\\d)`, "g");
  return text.replace(pattern, (name) => places[name] ?? name);
}

const DAY_AND_TIME =
  "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ 0-9]?[0-9] [0-9:]{8} [0-9]{4}(?: [-+][0-9]{4})?";

/** The rules of the fixtures' README. The number of decimals stays: it is part of the plugin's format. */
const RULES: readonly NormalRule[] = [
  [/\b\d+\.\d{3} second/g, "N.NNN second"],
  [/\b\d+\.\d{6} sec\./g, "N.NNNNNN sec."],
  [/\b\d+\.\d{3} sec\./g, "N.NNN sec."],
  [/\b\d+\.\d{6}(?=m?s\b)/g, "N.NNNNNN"],
  [
    /\b(rta|rtmax|rtmin|RTA)( = |=| )\d+\.(\d+)/g,
    (_, name, sign, decimals = "") => `${name}${sign}N.${"N".repeat(decimals.length)}`,
  ],
  [/\b[0-9A-F]{12,16}(?=:error:)/g, "ADDRESS"],
  [new RegExp(DAY_AND_TIME, "g"), "DATE"],
  [/\b\d+(?= day\(s\))/g, "N"],
  [/OpenSSH_[0-9][0-9.p]*(?: Debian-[0-9a-z.+~]+)?/g, "OpenSSH_VERSION"],
  [/(?<= on )[0-9a-f.:[\]]+:53\b/g, "RESOLVER"],
  [/(?<=^|\n)Usage:.*$/s, "USAGE"],
];

/** Replaces what differs from run to run, and removes the last line break, which a check may leave out. */
export function normalise(text: string, rules: readonly NormalRule[] = []): string {
  const normal = [...RULES, ...rules].reduce(
    (known, [pattern, replacement]) => known.replace(pattern, replacement as string),
    text,
  );
  return normal.replace(/\n$/, "");
}
