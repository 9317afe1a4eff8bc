import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, readRegularFile } from "../../open-file.ts";
import type { SealedResult } from "../send/delivery.ts";

/** A result that waits in the spool, sealed. */
export interface Spooled {
  readonly file: string;
  readonly sealed: SealedResult;
}

const ENDING = ".result";
const LINE_FEED = Buffer.from("\n");
/** Of one call; what is left is sent at the next one. */
const MAX_FILES = 1_000;
/** In bytes: base64 of the longest output that a result can have, and more. */
const MAX_SIZE = 33_554_432;

/** The folder's results, the oldest first. A file that is none of ours is left alone. */
export function readSpool(folder: string): readonly Spooled[] {
  makeFolder(folder, 0o700);
  const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
  return names
    .sort()
    .slice(0, MAX_FILES)
    .flatMap((name) => readFile(join(folder, name)));
}

function readFile(file: string): readonly Spooled[] {
  try {
    const text = readRegularFile(file, MAX_SIZE).toString("latin1");
    const [queue = "", workload = "", copy = ""] = text.split("\n");
    if (queue === "" || workload === "") return [];
    const submission = { queue, unique: "", workload: Buffer.from(workload, "latin1") };
    const other = copy === "" ? submission : { ...submission, workload: Buffer.from(copy, "latin1") };
    return [{ file, sealed: { submission, copy: other } }];
  } catch {
    return []; // another call has sent it meanwhile
  }
}

/**
 * Writes a sealed result into the folder, which only this user can read: the queue, the result, and its copy
 * if that has another key, a line each. Returns the path.
 */
export function spool(folder: string, { submission, copy }: SealedResult): string {
  makeFolder(folder, 0o700);
  const file = join(folder, `${Date.now()}-${crypto.randomUUID()}${ENDING}`);
  const workloads = copy === submission ? [submission.workload] : [submission.workload, copy.workload];
  const lines = [Buffer.from(submission.queue, "latin1"), ...workloads];
  const text = lines.flatMap((line) => [line, LINE_FEED]);
  writeFileSync(`${file}.part`, Buffer.concat(text), { mode: 0o600, flush: true });
  renameSync(`${file}.part`, file);
  return file;
}

export function dropSpooled(all: readonly Spooled[]): void {
  for (const { file } of all) rmSync(file, { force: true });
}
