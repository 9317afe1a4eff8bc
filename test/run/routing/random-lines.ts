import { execFile } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { quoteWord } from "../../../src/executor/shells/quote-word.ts";
import { type Pattern, readCommandLine } from "../../../src/run/routing/command-line.ts";
import { mayMatchFiles } from "../../../src/run/routing/pattern.ts";
import { seededRandom } from "../../support/random.ts";

/** A line that `readCommandLine` has understood, and what the plugin `show` must print for it. */
export interface UnderstoodLine {
  readonly line: string;
  readonly shows: string;
}

const VARIABLES = ["A", "B_1", "_x", "PATH"];
const { PATH = "" } = process.env;

/** A plugin that prints its variables and its arguments, with a NUL after each. */
export async function installShow(directory: string): Promise<void> {
  const variables = VARIABLES.map((name) => `"\${${name}-unset}"`).join(" ");
  await writeFile(join(directory, "show"), `#!/bin/sh\nprintf '%s\\0' ${variables} "$0" "$@"\n`);
  await chmod(join(directory, "show"), 0o755);
  // The names of the scripts, so that patterns match them from the start.
  for (const name of ["0", "1"]) await writeFile(join(directory, name), "");
}

/** Random lines, which are the same in every run. */
export function generateLines(count: number, directory: string): readonly UnderstoodLine[] {
  const random = seededRandom(20_240_607);
  const below: Random = (limit) => Math.floor(random() * limit);
  const lines: UnderstoodLine[] = [];
  while (lines.length < count) {
    const line = generateLine(below, directory);
    const read = readCommandLine(line);
    if (read.kind !== "words") continue;
    if (read.patterns.some((pattern) => mayMatchFiles(inDirectory(pattern, directory)))) continue;
    const environment = new Map([["PATH", PATH], ...read.assignments]);
    const values = VARIABLES.map((name) => environment.get(name) ?? "unset");
    lines.push({ line, shows: [...values, ...read.words].map((word) => `${word}\0`).join("") });
  }
  return lines;
}

/** The lines are run in this directory. */
function inDirectory({ text, wild }: Pattern, directory: string): Pattern {
  if (text.startsWith("/")) return { text, wild };
  const prefix = `${directory}/`;
  return { text: prefix + text, wild: wild.map((at) => prefix.length + at) };
}

const MARK = "\x02<next line>\x02";

/** What each line prints in its own shell. All of them are started by one shell, which reads `script`. */
export async function runLines(shell: string, lines: readonly UnderstoodLine[], script: string) {
  const commands = lines.map(
    ({ line }) => `printf '${MARK}'; ${shell} -c ${quoteWord(line)} </dev/null 2>&1\n`,
  );
  await writeFile(script, commands.join(""), "latin1");
  const options = { cwd: dirname(script), env: { PATH, LC_ALL: "C" }, maxBuffer: 1 << 28 };
  const { stdout } = await promisify(execFile)("/bin/sh", [script], { ...options, encoding: "latin1" });
  return stdout.split(MARK).slice(1);
}

type Random = (below: number) => number;

function generateLine(random: Random, directory: string): string {
  const blank = () => pick(random, [" ", " ", " ", "\t", "  ", " \t "]);
  const assignments = Array.from({ length: Math.max(0, random(6) - 3) }, () => {
    return `${pick(random, VARIABLES.slice(0, 3))}=${generateWord(random, 3)}${blank()}`;
  });
  const command = pick(random, [
    "./show",
    `${directory}/show`,
    `"${directory}/show"`,
    `${directory}/sh'ow'`,
    `../${basename(directory)}/sh\\ow`,
    "./sh''ow",
    "show",
  ]);
  const words = Array.from({ length: random(5) }, () => blank() + generateWord(random, 5));
  return (
    pick(random, ["", "", " ", "\t"]) +
    assignments.join("") +
    command +
    words.join("") +
    pick(random, ["", " "])
  );
}

function generateWord(random: Random, pieces: number): string {
  return Array.from({ length: random(pieces) + 1 }, () => generatePiece(random)).join("");
}

const SPECIAL = [..."$`!&*()~[]|{};<>?#'\"\\ \t\n"];
const ODD = [..."=:%^@,.-+/_~#\r\x0b\x0c\x01\x7f\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\xa0\xc3\xff"];
const PLAIN = ["a", "b1", "-w", "--opt=", "x=y", "80%", "if", "done", "\xc3\x84", "~", "a~", ":~", "=~"];

function generatePiece(random: Random): string {
  switch (random(10)) {
    case 0:
    case 1:
    case 2:
      return pick(random, PLAIN);
    case 3:
    case 4:
      return pick(random, ODD);
    case 5:
      return `\\${pick(random, [...SPECIAL, ...ODD, "n"])}`;
    case 6:
      return `'${generateInner(random, "'")}'`;
    case 7:
      return `"${generateInner(random, '"').replaceAll(/[$`]/g, "\\$&")}"`;
    case 8:
      return `"${generateInner(random, '"')}"`;
    default:
      return random(4) === 0 ? pick(random, SPECIAL) : pick(random, PLAIN);
  }
}

function generateInner(random: Random, quote: string): string {
  const characters = [...SPECIAL, ...ODD, ...SPECIAL, "n", "\\\\", "\\"].filter((each) => each !== quote);
  return Array.from({ length: random(5) }, () => pick(random, characters)).join("");
}

function pick(random: Random, from: readonly string[]): string {
  return from[random(from.length)] ?? "";
}
