import { fromByteString, withoutControls } from "../../byte-string.ts";
import type { Refusal } from "../../outcome/refusal.ts";
import type { Allowance, RefusedCheck } from "../allow/find-allowed.ts";
import { renderObject } from "./words.ts";

/** Lines for worker.conf, with comments for who reads them before he uses them. */
export function renderAllowance({ lines, refused }: Allowance): string {
  const sorted = lines.toSorted((a, b) => b.checks - a.checks);
  return [
    "# What the active checks of this site need with restrict_mode=strict. Read each line: a value that every",
    "# check has stands as it is, one that differs is a pattern. `*` is anything within a word, so make it narrower",
    "# where you can. Event handlers and notifications are not in here.",
    "restrict_mode=strict",
    ...sorted.flatMap(({ words, checks }) => [
      `# ${countOf(checks)}`,
      `restrict_allow=${fromByteString(words.join(" "))}`,
    ]),
    ...renderRefused(refused),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function renderRefused(refused: readonly RefusedCheck[]): readonly string[] {
  return [...Map.groupBy(refused, ({ rule }) => rule)].map(([rule, checks]) => {
    const [first] = checks;
    const object = first && {
      host: fromByteString(first.host.name),
      service: first.service && fromByteString(first.service.description),
    };
    const example = object === undefined ? "" : `, as in ${withoutControls(renderObject(object), " ")}`;
    return `# Refused whatever is allowed: ${countOf(checks.length)}, as ${WHY[rule] ?? rule}${example}`;
  });
}

function countOf(checks: number): string {
  return checks === 1 ? "1 check" : `${checks} checks`;
}

const WHY: Partial<Readonly<Record<Refusal["rule"], string>>> = {
  "not-plain": "the command needs a shell",
  "not-allowed": "no line can be written for the command",
  "hidden-command": "it is not known which command is run in the end",
  "no-absolute-path": "restrict_path is set and the command has no absolute path",
  "forbidden-character": "restrict_path is set and the command has a forbidden character",
  "outside-restrict-path": "the command is not in restrict_path",
};
