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
  const lack = lackOfServer(under.join(" "));
  if (lack === undefined) return availableMix({ ...line, under }, values);
  return { lines: [], notes: [`${line.name}: skipped, ${lack}`] };
}

/**
 * Leaves out the parts of a mix that cannot be run here. The other parts keep their rates. A line without its
 * storm is left out.
 */
function availableMix(line: Line, values: Values): Available {
  const parts = line.mix.map((part) => {
    const filled = { ...part, command: fill(part.command, values) };
    return { part: filled, lack: lackOf(filled) };
  });
  const mix = parts.filter(({ lack }) => lack === undefined).map(({ part }) => part);
  const missing = parts.flatMap(({ lack }) => lack ?? []);
  if (missing.length === 0) return { lines: [{ ...line, mix }], notes: [] };
  const hasNoStorm = parts.some(({ part, lack }) => lack !== undefined && part.storm !== undefined);
  if (mix.length === 0 || hasNoStorm) return { lines: [], notes: [`${line.name}: skipped, ${missing[0]}`] };
  const share = total(mix) / total(line.mix);
  const fewer = {
    ...line,
    mix,
    jobs: line.jobs * share,
    ...(line.rate === undefined ? {} : { rate: line.rate * share }),
  };
  const left = `${Math.round((1 - share) * 100)} % of the jobs left out`;
  return { lines: [fewer], notes: missing.map((lack) => `${line.name}: ${left}, ${lack}`) };
}

/** Why a command cannot be run here; undefined: it can. */
function lackOf({ command, needs }: Part): string | undefined {
  const noServer = lackOfServer(command);
  if (noServer !== undefined) return noServer;
  const [file = ""] = command.split(" ", 1);
  if (file.startsWith("/") && !existsSync(file)) return `${file} is not installed`;
  if (needs === undefined) return undefined;
  const [probe = "", ...args] = needs.probe;
  return spawnSync(probe, args, { stdio: "ignore" }).status === 0
    ? undefined
    : `${needs.what} is not installed`;
}

function lackOfServer(words: string): string | undefined {
  const standIn = unfilled(words);
  return standIn === undefined ? undefined : `there is no server for {${standIn}}`;
}

function total(mix: readonly Part[]): number {
  return mix.reduce((sum, { share }) => sum + share, 0);
}
