import { closeSync, openSync, readSync, statSync } from "node:fs";
import { type ByteString, fromByteString } from "../byte-string.ts";
import type { Route } from "../run/routing/route.ts";
import type { StartKind } from "./costs.ts";

/** The program that a route is about: its file's name for people, and its path if there is one. */
export interface Program {
  readonly name: string;
  readonly path: ByteString | undefined;
}

const INTERPRETER = /^(?:(?:ba|da|k|z)?sh|perl[0-9.]*|python[0-9.]*)$/;
const PATH = /(?:^|[\s'"(;|&])((?:\/[\w.+-]+)+)/;

/** A name never holds more than a file's name, as words may be secrets. */
export function findProgram(route: Route, commandLine: ByteString): Program {
  const argv = wordsOf(route);
  if (argv === undefined) return fromPath(PATH.exec(commandLine)?.[1]);
  const [first = "", ...rest] = argv;
  if (!INTERPRETER.test(baseOf(first))) return fromPath(first);
  const script = rest.find((word) => !word.startsWith("-"));
  return script?.startsWith("/") ? fromPath(script) : fromPath(first);
}

function wordsOf(route: Route): readonly ByteString[] | undefined {
  switch (route.via) {
    case "native":
      return route.fallback.argv;
    case "warm":
    case "plugin":
      return route.argv;
    case "shell":
    case "refuse":
      return undefined;
  }
}

function fromPath(path: ByteString | undefined): Program {
  if (path === undefined || path === "") return { name: "(a shell's own)", path: undefined };
  return { name: fromByteString(baseOf(path)), path };
}

function baseOf(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf("/") + 1);
}

export interface LookedAt {
  readonly kind: StartKind;
  readonly isAbsent: boolean;
}

/** Looks at files, each once: what they are. None is started. */
export function createFileLooker(): (path: ByteString | undefined) => LookedAt {
  const known = new Map<ByteString, LookedAt>();
  return (path) => {
    if (path === undefined || !path.startsWith("/")) return { kind: "program", isAbsent: false };
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = lookAt(path);
    known.set(path, found);
    return found;
  };
}

const START_LENGTH = 256;

/** Of a file that is not here, the ending tells what it is. */
function lookAt(path: ByteString): LookedAt {
  try {
    const file = Buffer.from(path, "latin1");
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return { kind: kindByName(path), isAbsent: true };
    if (!found.isFile()) return { kind: "program", isAbsent: false };
    const fd = openSync(file, "r");
    try {
      const start = Buffer.alloc(START_LENGTH);
      return { kind: kindByStart(start.toString("latin1", 0, readSync(fd, start))), isAbsent: false };
    } finally {
      closeSync(fd);
    }
  } catch {
    return { kind: kindByName(path), isAbsent: false };
  }
}

function kindByStart(start: string): StartKind {
  const [, line = ""] = /^#!([^\n]*)/.exec(start) ?? [];
  if (/\bperl/.test(line)) return "perl";
  if (/\bpython/.test(line)) return "python";
  return /sh\b/.test(line) ? "sh" : "program";
}

function kindByName(path: ByteString): StartKind {
  if (/\.p[lm]$/.test(path)) return "perl";
  if (/\.py$/.test(path)) return "python";
  return /\.(?:ba)?sh$/.test(path) ? "sh" : "program";
}
