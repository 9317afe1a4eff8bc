import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import type { Line } from "../scenarios/line.ts";
import { fill } from "../stand-ins/placeholders.ts";

/** A worker to measure: its name and its command with placeholders. */
export interface Worker {
  readonly name: string;
  readonly template: readonly string[];
  readonly isOwn: boolean;
  /** The lines it takes part in; undefined: all lines. */
  readonly lines: readonly string[] | undefined;
}

/** Values for the placeholders of a command. */
export interface Setting {
  readonly port: number;
  readonly pool: number;
  readonly key: string | undefined;
}

const ROOT = join(import.meta.dirname, "../..");
const LOOP_DELAY = join(import.meta.dirname, "loop-delay.ts");
const OWN_NAME = "omd-worker";
const OWN_ARGUMENTS = [
  "--server=127.0.0.1:{port}",
  "--min-worker={w}",
  "--max-worker={w}",
  "--hosts=yes",
  "--services=yes",
  "--encryption={enc}",
  "--key={key}",
  "--identifier=bench",
];

/**
 * Our worker as it is installed. From the sources it would need 18 MiB more, to strip the types when it
 * starts.
 */
export async function builtWorker(): Promise<Worker> {
  await execa("npm", ["run", "--silent", "build"], { cwd: ROOT });
  return ownWorker(join(ROOT, "dist/src/cli/omd-worker.js"));
}

export function sourceWorker(): Worker {
  return ownWorker(join(ROOT, "src/cli/omd-worker.ts"));
}

function ownWorker(file: string): Worker {
  return {
    name: OWN_NAME,
    template: [process.execPath, file, ...OWN_ARGUMENTS],
    isOwn: true,
    lines: undefined,
  };
}

/** `name=command with {port}` or `name@line,line=command` → Worker. Words are split at spaces. */
export function readWorker(text: string): Worker {
  const parts = /^(?<name>[^=@\s]+)(?:@(?<lines>[^=@\s]+))?=(?<command>.+)$/s.exec(text)?.groups ?? {};
  const { name, lines, command } = parts;
  if (name === undefined || command === undefined) throw new Error(`--worker: not name=command: ${text}`);
  return { name, template: command.split(/\s+/).filter(Boolean), isOwn: false, lines: lines?.split(",") };
}

export function takesPart(worker: Worker, line: Line): boolean {
  if (line.isOwnOnly && !worker.isOwn) return false;
  return worker.lines?.includes(line.name) ?? true;
}

/** The words of a worker's command before its first option. */
export function programOf({ template }: Worker): readonly string[] {
  const firstOption = template.findIndex((word) => word.startsWith("-"));
  return firstOption < 0 ? template : template.slice(0, firstOption);
}

/** `{port}`, `{w}` and `{enc}` are replaced; a word with `{key}` is removed when there is no key. */
export function commandOf(worker: Worker, line: Line, { port, pool, key }: Setting): readonly string[] {
  const values = { port, w: pool, enc: key === undefined ? "no" : "yes", key: key ?? "" };
  const words = worker.template.filter((word) => key !== undefined || !word.includes("{key}"));
  const command = words.map((word) => fill(word, values));
  const under = line.under ?? [];
  if (!worker.isOwn) return [...under, ...command];
  const [node = "", ...rest] = command;
  const preload = line.hasLoopDelay ? ["--import", pathToFileURL(LOOP_DELAY).href] : [];
  return [...under, node, ...preload, ...rest, ...line.own];
}
