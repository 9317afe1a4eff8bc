import { statSync } from "node:fs";
import type { Check } from "../../../sdk/check.ts";
import { type ByteString, fromByteString } from "../../byte-string.ts";
import { renderLimits } from "../../config/kinds/plugin-limits.ts";
import type { QueueRights } from "../../config/worker/queue-rights.ts";
import { renderRefusal } from "../../outcome/refusal.ts";
import type { ReadSecret, ReadSecretFile } from "../../run/references/secret-files.ts";
import { findNotUnderstood } from "../../run/routing/not-understood.ts";
import type { NativeRoute, Route } from "../../run/routing/route.ts";
import { routeHere } from "../../run/routing/route-here.ts";
import { maskAssignment, maskLine, maskWords } from "../../run/secrets.ts";
import type { Shelf } from "../../run/shelf.ts";

/** Which way a command line goes, why, and what would be started: a word a line, without secrets. */
export function renderRoute(found: Route, shelf: ExplainShelf, readSecret?: ReadSecretFile): string {
  const route = routeHere(found);
  const details = [
    ...listNotUnderstood(route, shelf),
    ...listDetails(route, shelf),
    ...listReferences(found, readSecret),
  ];
  return [`${route.via}: ${route.why}`, ...indent(details), ""].join("\n");
}

/** As whom the command is started, and what it may use. */
export function renderRights(route: Route, rights: QueueRights | undefined): string {
  if (rights === undefined || route.via === "refuse") return "";
  const { user, limits } = rights;
  const isNative = routeHere(route).via === "native";
  const lines = [
    ...(user !== undefined
      ? [isNative ? `in the worker, and what is started as the user ${user}` : `as the user ${user}`]
      : []),
    ...(limits.length > 0
      ? [`with the limits ${renderLimits(limits)}${isNative ? ", for what is started" : ""}`]
      : []),
  ];
  return indent(lines)
    .map((line) => `${line}\n`)
    .join("");
}

/** What the references to secrets lead to, and nothing of the secrets. */
function listReferences({ references }: Route, read: ReadSecretFile | undefined): readonly string[] {
  return (references?.names ?? []).map((name) => `secret ${name}: ${stateOf(read?.(name))}`);
}

function stateOf(found: ReadSecret | undefined): string {
  switch (found?.kind) {
    case undefined:
    case "read":
      return "put in when the job runs";
    case "missing":
      return found.why;
    case "short":
      return found.lack;
  }
}

type ExplainShelf = Pick<Shelf, "originOf" | "find">;

/** The words for which a native check leaves the answer to the plugin. */
function listNotUnderstood(route: Route, shelf: ExplainShelf): readonly string[] {
  const [path = "", ...argv] = route.via === "plugin" || route.via === "warm" ? route.argv : [];
  const check = shelf.find(path.slice(path.lastIndexOf("/") + 1));
  const words = check && findNotUnderstood(check, argv);
  if (words === undefined) return [];
  const { words: shown } = maskWords([path, ...argv], shelf.find);
  const named = words.map((at) => onOneLine(fromByteString(shown[at + 1] ?? "")));
  return [`not understood: ${named.join(" ")}`];
}

function listDetails(route: Route, shelf: ExplainShelf): readonly string[] {
  switch (route.via) {
    case "native":
      return listNative(route, shelf);
    case "warm":
      return [
        `kept warm, as ${route.plugin.why}`,
        `started in a warm ${route.plugin.language}:`,
        ...listWords(route.argv, shelf),
      ];
    case "plugin":
      return [
        ...(isMissing(route.argv[0] ?? "") ? ["there is no such file"] : []),
        "started:",
        ...indent(route.env.map((each) => fromByteString(maskAssignment(each)))),
        ...listWords(route.argv, shelf),
        ...(route.shadow === undefined ? [] : listShadow(route.shadow, shelf)),
      ];
    case "shell":
      return [
        "started by a shell:",
        ...indent([fromByteString(maskLine(route.commandLine, shelf.find).line)]),
      ];
    case "refuse":
      return ["nothing is started", `answered: ${fromByteString(renderRefusal(route.refusal))}`];
  }
}

/** False for a file that must not be looked at. */
function isMissing(path: ByteString): boolean {
  try {
    return statSync(Buffer.from(path, "latin1"), { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

function listNative(route: NativeRoute, shelf: ExplainShelf): readonly string[] {
  const { check, nested, fallback } = route;
  const head = [`answered by ${check.name}, ${renderOrigin(check, shelf)}`];
  if (nested === undefined) return [...head, "in place of:", ...listWords(fallback.argv, shelf)];
  return [...head, "for its command:", ...indent(renderRoute(nested, shelf).trimEnd().split("\n"))];
}

function listShadow(route: NativeRoute, shelf: ExplainShelf): readonly string[] {
  const why = route.check.whyNotHere?.();
  if (why !== undefined) return [`compared with no answer: ${why}`];
  return ["compared on a share of the jobs with:", ...indent(listNative(route, shelf))];
}

export function renderOrigin(check: Check, shelf: Pick<Shelf, "originOf">): string {
  const path = shelf.originOf(check);
  return path === undefined ? "the worker's own" : `read from ${path}`;
}

function listWords(argv: readonly ByteString[], { find }: Pick<Shelf, "find">): readonly string[] {
  return indent(maskWords(argv, find).words.map((word) => onOneLine(fromByteString(word))));
}

/** A word with a line break or an empty word is made visible. */
function onOneLine(word: string): string {
  return word === "" ? "''" : word.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
