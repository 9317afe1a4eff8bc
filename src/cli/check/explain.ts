import type { Check } from "../../../sdk/check.ts";
import { type ByteString, fromByteString } from "../../byte-string.ts";
import { renderRefusal } from "../../outcome/refusal.ts";
import type { NativeRoute, Route } from "../../run/routing/route.ts";
import { maskAssignment, maskLine, maskWords } from "../../run/secrets.ts";
import type { Shelf } from "../../run/shelf.ts";

/** Which way a command line goes, why, and what would be started: a word a line, without secrets. */
export function renderRoute(route: Route, shelf: Pick<Shelf, "originOf">): string {
  return [`${route.via}: ${route.why}`, ...indent(listDetails(route, shelf)), ""].join("\n");
}

function listDetails(route: Route, shelf: Pick<Shelf, "originOf">): readonly string[] {
  switch (route.via) {
    case "native":
      return listNative(route, shelf);
    case "warm":
      return [`started in a warm ${route.plugin.language}:`, ...listWords(route.argv)];
    case "plugin":
      return [
        "started:",
        ...indent(route.env.map((each) => fromByteString(maskAssignment(each)))),
        ...listWords(route.argv),
        ...(route.shadow === undefined
          ? []
          : ["compared on a share of the jobs with:", ...indent(listNative(route.shadow, shelf))]),
      ];
    case "shell":
      return ["started by a shell:", ...indent([fromByteString(maskLine(route.commandLine).line)])];
    case "refuse":
      return ["nothing is started", `answered: ${fromByteString(renderRefusal(route.refusal))}`];
  }
}

function listNative(route: NativeRoute, shelf: Pick<Shelf, "originOf">): readonly string[] {
  const { check, nested, fallback } = route;
  const head = [`answered by ${check.name}, ${renderOrigin(check, shelf)}`];
  if (nested === undefined) return [...head, "in place of:", ...listWords(fallback.argv)];
  return [...head, "for its command:", ...indent(renderRoute(nested, shelf).trimEnd().split("\n"))];
}

export function renderOrigin(check: Check, shelf: Pick<Shelf, "originOf">): string {
  const path = shelf.originOf(check);
  return path === undefined ? "the worker's own" : `read from ${path}`;
}

function listWords(argv: readonly ByteString[]): readonly string[] {
  return indent(maskWords(argv).words.map((word) => onOneLine(fromByteString(word))));
}

/** A word with a line break or an empty word is made visible. */
function onOneLine(word: string): string {
  return word === "" ? "''" : word.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
