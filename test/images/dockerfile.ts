import { readFileSync } from "node:fs";

/** One instruction, its continued lines put together; comments left out. */
export interface Instruction {
  readonly name: string;
  readonly words: string;
}

/** What is between one FROM and the next. */
export interface Stage {
  readonly name: string;
  readonly from: string;
  /** That of the image unless given. */
  readonly platform: string | undefined;
  readonly instructions: readonly Instruction[];
}

export function readInstructions(text: string): readonly Instruction[] {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name = "", ...words] = line.split(/\s+/);
      return { name, words: words.join(" ") };
    });
}

const FROM = /^(?:--platform=(\S+) )?(\S+) AS (\S+)$/;

export function readStages(text: string): readonly Stage[] {
  const stages: (Omit<Stage, "instructions"> & { readonly instructions: Instruction[] })[] = [];
  for (const instruction of readInstructions(text)) {
    const [, platform, from = "", name = ""] = FROM.exec(instruction.words) ?? [];
    if (instruction.name === "FROM") stages.push({ name, from, platform, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** Which files of a context the builder gets: the last line of .dockerignore that matches counts. */
export function readIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ isKept: line.startsWith("!"), pattern: toPattern(line.replace(/^!/, "")) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.isKept ?? true;
}

/** A pattern matches a path and all that is below it. */
function toPattern(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/|\*)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      return part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}(?:/|$)`);
}

export const DOCKERFILE = readFileSync("Dockerfile", "utf8");
