import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Inputs that reach code which the samples do not: a file for each target, an input a line, in base64. */
export const CORPUS = new URL("../corpus/", import.meta.url).pathname;

export function readCorpus(target: string, folder = CORPUS): readonly Buffer[] {
  return readLines(fileOf(target, folder)).map((line) => Buffer.from(line, "base64"));
}

/** In an order of its own, so that a file changes only where its inputs do. */
export function writeCorpus(target: string, inputs: readonly Buffer[], folder = CORPUS): void {
  const file = fileOf(target, folder);
  const lines = inputs.map((input) => `${input.toString("base64")}\n`);
  mkdirSync(folder, { recursive: true });
  if (lines.length === 0) rmSync(file, { force: true });
  else writeFileSync(file, [...new Set(lines)].toSorted().join(""));
}

function fileOf(target: string, folder: string): string {
  return join(folder, `${target}.txt`);
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "latin1").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}
