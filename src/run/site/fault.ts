import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

/** Where in a site's files. */
export interface Place {
  readonly path: string;
  readonly line: number | undefined;
}

const MAX_MESSAGE = 200;
/** A line of a stack in one of a site's files, which are imported with this mark (resolve-sdk.ts). */
const MARKED = /(file:\/\/[^\s?)]+)\?omd-worker=[0-9]+:([0-9]+)/;
const NOT_FOUND = /^Cannot find (?:module|package) '([^']+)' imported from ([^\n]+)$/;

/** `/site/check_x.ts:4: a check is named as a file: "a b"`: what is wrong with a file that could not be loaded, and where. */
export async function renderFault(path: string, error: unknown): Promise<string> {
  const [message = ""] = readMessage(error).split("\n", 1);
  const place = await findPlace(path, error).catch(() => ({ path, line: undefined }));
  const where = place.line === undefined ? place.path : `${place.path}:${place.line}`;
  const file = place.path === path ? where : `${path}: ${where}`;
  return `${file}: ${message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}...` : message}`;
}

/** A file may throw anything, also what no String can be made of. */
function readMessage(error: unknown): string {
  if (typeof error === "string") return error;
  return error instanceof Error ? `${error.message}` : inspect(error);
}

async function findPlace(path: string, error: unknown): Promise<Place> {
  const nowhere = { path, line: undefined };
  if (!(error instanceof Error)) return nowhere;
  return readStack(error) ?? (await findImport(error)) ?? (await findSyntaxError(path, error)) ?? nowhere;
}

/** The first place in one of a site's files; the SDK's own come before it where a definition was refused. */
export function readStack({ stack = "" }: Pick<Error, "stack">): Place | undefined {
  const [, url, line] = MARKED.exec(stack) ?? [];
  return url === undefined ? undefined : { path: fileURLToPath(url), line: Number(line) };
}

/** Where the import stands that leads nowhere. */
async function findImport({ message }: Error): Promise<Place | undefined> {
  const [, target = "", path] = NOT_FOUND.exec(message) ?? [];
  if (path === undefined) return undefined;
  const lines = (await readFile(path, "utf8")).split("\n");
  const at = lines.findIndex((line) => /\b(?:from|import)\b/.test(line) && line.includes(basename(target)));
  return { path, line: at < 0 ? undefined : at + 1 };
}

/** Node does not say where JavaScript is wrong, but its reader of types does. */
async function findSyntaxError(path: string, error: Error): Promise<Place | undefined> {
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
