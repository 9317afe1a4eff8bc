import { stat } from "node:fs/promises";

/**
 * Has libuv start its threads for files, names and ciphers. It does so when the first one is needed, and
 * aborts the process if the system has none left then: a worker that is short of processes would die at the
 * moment when results are to be written to the disk for the first time.
 */
export async function startThreads(): Promise<void> {
  await stat("/");
}
