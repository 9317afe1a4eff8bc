import { readFile } from "node:fs/promises";
import { CheckDeclined } from "../../sdk/index.ts";

/** Reads a file of a command line, a byte string. The plugin has to answer where it cannot be read. */
export async function readPem(file: string): Promise<Buffer> {
  try {
    return await readFile(Buffer.from(file, "latin1"));
  } catch (cause) {
    throw new CheckDeclined("a file of certificate or key cannot be read", { cause });
  }
}

/** The same of a file that need not be given. */
export async function readOptionalPem(file: string | undefined): Promise<Buffer | undefined> {
  return file === undefined ? undefined : readPem(file);
}
