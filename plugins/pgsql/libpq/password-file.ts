import { readFile, stat } from "node:fs/promises";
import { CheckDeclined } from "../../../sdk/index.ts";
import { trimEnd } from "../../libc/trim-end.ts";

/** What a line of a password file is for. */
export interface PasswordKey {
  /** The host as it was given; `localhost` for the default socket. */
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
}

const GROUP_AND_WORLD = 0o077;

/**
 * The password of the first line that fits, as `passwordFromFile` of libpq finds it. Undefined if there is no
 * file or no such line. Declines if libpq would warn of the file.
 */
export async function readPassword(path: string, key: PasswordKey): Promise<string | undefined> {
  const about = await stat(path).catch(() => undefined);
  if (about === undefined) return undefined;
  if (!about.isFile() || (about.mode & GROUP_AND_WORLD) !== 0) {
    throw new CheckDeclined("a password file that libpq warns of");
  }
  const text = await readFile(path, "latin1").catch(() => "");
  return findPassword(text, key);
}

export function findPassword(text: string, { host, port, database, user }: PasswordKey): string | undefined {
  for (const raw of text.split("\n")) {
    const line = trimEnd(raw, "\r\n");
    if (line === "" || line.startsWith("#")) continue;
    const rest = [host, port, database, user].reduce<string | undefined>(
      (left, field) => (left === undefined ? undefined : afterField(left, field)),
      line,
    );
    if (rest !== undefined) return readEscaped(rest);
  }
  return undefined;
}

/** What follows a field that fits: `*`, or the text itself with `\` before `:` and `\`. */
function afterField(line: string, field: string): string | undefined {
  if (line.startsWith("*:")) return line.slice(2);
  let at = 0;
  for (const wanted of field) {
    if (line[at] === "\\" && at + 1 < line.length) at += 1;
    if (line[at] !== wanted) return undefined;
    at += 1;
  }
  return line[at] === ":" ? line.slice(at + 1) : undefined;
}

function readEscaped(text: string): string {
  const [password = ""] = /^(?:\\.|[^:])*/s.exec(text) ?? [];
  return password.replace(/\\(.)/gs, "$1");
}
