import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";

export interface Import {
  /** A path of the repository, `node:…`, or the name of an npm package. */
  readonly target: string;
  readonly kind: "own" | "builtin" | "package";
  readonly isTypeOnly: boolean;
}

export interface Module {
  readonly path: string;
  /** Without comments. */
  readonly code: string;
  readonly lines: number;
  /** The columns of the widest line that is a comment, or the end of one. */
  readonly commentWidth: number;
  readonly imports: readonly Import[];
  /** It calls `import()` with something that is not a literal. */
  readonly importsComputed: boolean;
}

const ROOT = posix.join(import.meta.dirname, "../..");

// Whole lines only: a `/*` inside a string or a regular expression never starts a line.
const BLOCK_COMMENT = /^[ \t]*\/\*[\s\S]*?\*\//gm;
const LINE_COMMENT = /(^|[ \t])\/\/.*$/gm;

const COMMENT_ROW = /^[ \t]*(?:\/\*|\*|\/\/).*$/gm;

// An import or export statement starts a line (the formatter sees to it); its clause has no quote and no
// parenthesis.
const STATEMENT =
  /^(?:import|export)\b(?<clause>[\w\s{},*$]*?\bfrom)?\s*(?<quote>["'])(?<specifier>[^"']+)\k<quote>/gm;
const TYPE_CLAUSE = /^\s+type\s+(?!from$)[\w{*]/;
const CALL = /\bimport\(\s*(?:(?<quote>["'`])(?<specifier>[^"'`$]+)\k<quote>)?/g;

/** Every TypeScript file of these folders of the repository. */
export function readModules(...folders: readonly string[]): readonly Module[] {
  const paths = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }));
  return paths.sort().map((path) => toModule(path, readFileSync(posix.join(ROOT, path), "utf8")));
}

export function toModule(path: string, text: string): Module {
  const code = text.replace(BLOCK_COMMENT, "").replace(LINE_COMMENT, "");
  const statements = [...code.matchAll(STATEMENT)].map(({ groups: { clause = "", specifier = "" } = {} }) =>
    toImport(path, specifier, TYPE_CLAUSE.test(clause)),
  );
  const calls = [...code.matchAll(CALL)].map(({ groups: { specifier } = {} }) => specifier);
  const literal = calls.filter((specifier) => specifier !== undefined);
  return {
    path,
    code,
    lines: text.trimEnd().split("\n").length,
    commentWidth: Math.max(0, ...(text.match(COMMENT_ROW) ?? []).map((row) => row.length)),
    imports: [...statements, ...literal.map((specifier) => toImport(path, specifier, false))],
    importsComputed: literal.length < calls.length,
  };
}

function toImport(from: string, specifier: string, isTypeOnly: boolean): Import {
  if (specifier.startsWith(".")) {
    return { target: posix.join(posix.dirname(from), specifier), kind: "own", isTypeOnly };
  }
  if (specifier.startsWith("node:")) return { target: specifier, kind: "builtin", isTypeOnly };
  const words = specifier.split("/");
  const target = words.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  return { target, kind: "package", isTypeOnly };
}
