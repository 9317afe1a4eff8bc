import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ByteString } from "../../byte-string.ts";
import type { Submission } from "../../gearman/submitter.ts";
import { readRegularFile } from "../../open-file.ts";

/** A result that waits in the spool, sealed. */
export interface Spooled {
  readonly file: string;
  readonly submission: Submission;
}

const ENDING = ".result";
/** Of one call; what is left is sent at the next one. */
const MAX_FILES = 1_000;
/** In bytes: base64 of the longest output that a result can have, and more. */
const MAX_SIZE = 33_554_432;

/** The folder's results, the oldest first. A file that is none of ours is left alone. */
export function readSpool(folder: string): readonly Spooled[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
  return names
    .sort()
    .slice(0, MAX_FILES)
    .flatMap((name) => readFile(join(folder, name)));
}

function readFile(file: string): readonly Spooled[] {
  try {
    const text = readRegularFile(file, MAX_SIZE).toString("latin1");
    const [queue = "", workload = ""] = text.split("\n");
    return queue === "" || workload === ""
      ? []
      : [{ file, submission: { queue, unique: "", workload: Buffer.from(workload, "latin1") } }];
  } catch {
    return []; // another call has sent it meanwhile
  }
}

/** Writes a sealed result into the folder, which only this user can read. Returns the path. */
export function spool(folder: string, queue: ByteString, workload: Uint8Array): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${Date.now()}-${crypto.randomUUID()}${ENDING}`);
  const text = Buffer.concat([Buffer.from(`${queue}\n`, "latin1"), workload, Buffer.from("\n")]);
  writeFileSync(`${file}.part`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.part`, file);
  return file;
}

export function dropSpooled(all: readonly Spooled[]): void {
  for (const { file } of all) rmSync(file, { force: true });
}
