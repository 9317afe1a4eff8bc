import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { ByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import { errorCode } from "../../error-text.ts";
import { lackOf } from "../../outcome/shortage.ts";

/** What a file holds, or why it gives no secret. */
export type ReadSecret =
  | { readonly kind: "read"; readonly secret: ByteString }
  | { readonly kind: "missing"; readonly why: string }
  /** This process is short of something. It can be tried again later. */
  | { readonly kind: "short"; readonly lack: string };

/** Reads the secret of a name. */
export type ReadSecretFile = (name: string) => ReadSecret;

/** In bytes. A longer word would be too long for a program, with the others. */
const MAX_SIZE = 65_536;
const { O_NONBLOCK, O_RDONLY } = constants;

/** Undefined: the operator has named no directory, so there are no references. */
export function createSecretReader({ secretDir }: Pick<Config, "secretDir">): ReadSecretFile | undefined {
  return secretDir === undefined ? undefined : createSecretFiles(secretDir);
}

/**
 * Reads secrets from the files of a directory. A file is read for each use, and nothing of it is kept: it is
 * small and mostly in memory, so a change is seen at once, also one of the links of a Kubernetes mount.
 */
export function createSecretFiles(directory: string): ReadSecretFile {
  return (name) => {
    try {
      return judge(readFile(join(directory, name)));
    } catch (error) {
      const lack = lackOf(error);
      return lack === undefined ? { kind: "missing", why: reasonOf(error) } : { kind: "short", lack };
    }
  };
}

/** Undefined: it is too large. A named pipe must not hold up the worker, so what is no file is not read. */
function readFile(path: string): Buffer | undefined {
  const file = openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) throw new NoFile();
    const buffer = Buffer.alloc(MAX_SIZE + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size < buffer.length; size += read)
      read = readSync(file, buffer, size, buffer.length - size, null);
    return size > MAX_SIZE ? undefined : buffer.subarray(0, size);
  } finally {
    closeSync(file);
  }
}

class NoFile extends Error {}

/** One line break at the end belongs to the file, not to the secret. */
function judge(content: Buffer | undefined): ReadSecret {
  if (content === undefined) return missing(`its file is larger than ${MAX_SIZE} bytes`);
  const secret = content.toString("latin1").replace(/\r?\n$/, "");
  if (secret === "") return missing("its file is empty");
  if (secret.includes("\0")) return missing("its file has a NUL byte, which no command line can hold");
  return { kind: "read", secret };
}

function missing(why: string): ReadSecret {
  return { kind: "missing", why };
}

function reasonOf(error: unknown): string {
  if (error instanceof NoFile) return "it is no file";
  const code = errorCode(error) ?? `${error}`;
  if (code === "ENOENT" || code === "ENOTDIR") return "secret_dir has no such file";
  if (code === "EACCES") return "the worker has no right to read its file";
  return `its file cannot be read (${code})`;
}
