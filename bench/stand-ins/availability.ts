import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Line, Part } from "../scenarios/line.ts";
import { fill, unfilled } from "./placeholders.ts";

export interface Available {
  /** Lines this machine can run; no placeholder is left in their commands. */
  readonly lines: readonly Line[];
  /** What was left out and why, as texts for the report. */
  readonly notes: readonly string[];
}

type Values = Readonly<Record<string, string | number>>;

/** Finds which lines, or which parts of them, this machine can run. */
export function available(lines: readonly Line[], values: Values): Available {
  const results = lines.map((line) => availableLine(line, values));
  return { lines: results.flatMap(({ lines }) => lines), notes: results.flatMap(({ notes }) => notes) };
}

function availableLine(line: Line, values: Values): Available {
  if (line.under === undefined) return availableMix(line, values);
  const under = line.under.map((word) => fill(word, values));
  const missing = under.map(unfilled).find((word) => word !== undefined);
  if (missing === undefined) return availableMix({ ...line, under }, values);
  return { lines: [], notes: [`${line.name}: skipped, there is no server for {${missing}}`] };
}

/** Leaves out the parts of a mix that cannot be run here. The other parts keep their rates. */
function availableMix(line: Line, values: Values): Available {
  const parts = line.mix.map((part) => {
    const filled = { ...part, command: fill(part.command, values) };
    return { part: filled, lack: lackOf(filled) };
  });
  const mix = parts.filter(({ lack }) => lack === undefined).map(({ part }) => part);
  const missing = parts.flatMap(({ lack }) => lack ?? []);
  if (missing.length === 0) return { lines: [{ ...line, mix }], notes: [] };
  if (mix.length === 0) return { lines: [], notes: [`${line.name}: skipped, ${missing[0]}`] };
  const rest = total(mix) / total(line.mix);
  const fewer = {
    ...line,
    mix,
    jobs: line.jobs * rest,
    ...(line.rate === undefined ? {} : { rate: line.rate * rest }),
  };
  const share = `${Math.round((1 - rest) * 100)} % of the jobs left out`;
  return { lines: [fewer], notes: missing.map((lack) => `${line.name}: ${share}, ${lack}`) };
}

/** Why a command cannot be run here; undefined: it can. */
function lackOf({ command, needs }: Part): string | undefined {
  const standIn = unfilled(command);
  if (standIn !== undefined) return `there is no server for {${standIn}}`;
  const [file = ""] = command.split(" ", 1);
  if (file.startsWith("/") && !existsSync(file)) return `${file} is not installed`;
  if (needs === undefined) return undefined;
  const [probe = "", ...args] = needs.probe;
  return spawnSync(probe, args, { stdio: "ignore" }).status === 0
    ? undefined
    : `${needs.what} is not installed`;
}

function total(mix: readonly Part[]): number {
  return mix.reduce((sum, { share }) => sum + share, 0);
}
