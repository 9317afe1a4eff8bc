import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

/** A line in one of a site's files. */
export interface SourcePosition {
  readonly path: string;
  readonly line: number | undefined;
}

const MAX_MESSAGE = 200;
/** A line of a stack in a site's file. URLs of these files have this mark (resolve-sdk.ts). */
const MARKED = /(file:\/\/[^\s?)]+)\?omd-worker=[0-9]+:([0-9]+)/;
const NOT_FOUND = /^Cannot find (?:module|package) '([^']+)' imported from ([^\n]+)$/;

/** Tells what is wrong with a file that could not be loaded, and where: `/site/check_x.ts:4: <message>`. */
export async function renderFault(path: string, error: unknown): Promise<string> {
  const [message = ""] = readMessage(error).split("\n", 1);
  const place = await findPlace(path, error).catch(() => ({ path, line: undefined }));
  const where = place.line === undefined ? place.path : `${place.path}:${place.line}`;
  const file = place.path === path ? where : `${path}: ${where}`;
  return `${file}: ${message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}...` : message}`;
}

/** A file may throw any value, even one that cannot be converted to a string. */
function readMessage(error: unknown): string {
  if (typeof error === "string") return error;
  return error instanceof Error ? `${error.message}` : inspect(error);
}

async function findPlace(path: string, error: unknown): Promise<SourcePosition> {
  const nowhere = { path, line: undefined };
  if (!(error instanceof Error)) return nowhere;
  return readStack(error) ?? (await findImport(error)) ?? (await findSyntaxError(path, error)) ?? nowhere;
}

/** The first line of the stack that lies in a site's file. Lines of the SDK may come before it. */
export function readStack({ stack = "" }: Pick<Error, "stack">): SourcePosition | undefined {
  const [, url, line] = MARKED.exec(stack) ?? [];
  return url === undefined ? undefined : { path: fileURLToPath(url), line: Number(line) };
}

/** The line of the import whose file does not exist. */
async function findImport({ message }: Error): Promise<SourcePosition | undefined> {
  const [, target = "", path] = NOT_FOUND.exec(message) ?? [];
  if (path === undefined) return undefined;
  const lines = (await readFile(path, "utf8")).split("\n");
  const at = lines.findIndex((line) => /\b(?:from|import)\b/.test(line) && line.includes(basename(target)));
  return { path, line: at < 0 ? undefined : at + 1 };
}

/** Node's error does not tell the line of a syntax error. The error of its type stripper does. */
async function findSyntaxError(path: string, error: Error): Promise<SourcePosition | undefined> {
  if (!(error instanceof SyntaxError)) return undefined;
  const text = await readFile(path, "utf8");
  try {
    stripTypeScriptTypes(text, { sourceUrl: path });
    return undefined;
  } catch (found) {
    const line = found instanceof Error ? /:([0-9]+)\n/.exec(found.stack ?? "")?.[1] : undefined;
    return line === undefined ? undefined : { path, line: Number(line) };
  }
}
