import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { IN_NEW_NETWORK } from "./network-namespace.ts";

/** The files of a machine that say how names become addresses. */
const FILES = ["resolv.conf", "hosts", "nsswitch.conf"] as const;

type NameFiles = Readonly<Record<(typeof FILES)[number], string>>;

/** The address at which the name server of a test listens. */
export const NAME_SERVER = "127.0.0.53";

export const NAME_FILES: NameFiles = {
  "resolv.conf": `nameserver ${NAME_SERVER}\n`,
  hosts: "127.0.0.1 localhost\n",
  "nsswitch.conf": "hosts: files dns\n",
};

/** Runs a command with the name files of a folder: `with-names.sh FOLDER COMMAND…`. */
export const WITH_NAMES = join(import.meta.dirname, "with-names.sh");

const WITH_NETWORK = ["-m", "sh", "-c", 'ip link set lo up && exec "$0" --mounted "$@"', WITH_NAMES];

/** A folder with these files. Removes itself. */
export function createNameFiles(files: NameFiles = NAME_FILES): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "omd-worker-names-"));
  for (const name of FILES) writeFileSync(join(path, name), files[name]);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** False in a container that forbids new networks or mounts. */
export function mayHaveNames(): boolean {
  using files = createNameFiles();
  const args = [...IN_NEW_NETWORK, ...WITH_NETWORK, files.path, "true"];
  return spawnSync("unshare", args, { stdio: "ignore" }).status === 0;
}

export interface NameRunOptions {
  readonly files?: NameFiles;
  /** Puts more files into the folder. */
  readonly prepare?: (folder: string) => void;
}

/**
 * Runs a program of Node with these files, and gives what it prints. The program gets the folder of the
 * files, which it may change, and a name server.
 */
export async function runWithNames(
  program: string,
  args: readonly string[],
  { files: given, prepare }: NameRunOptions = {},
): Promise<string> {
  using files = createNameFiles(given);
  prepare?.(files.path);
  const command = [process.execPath, program, files.path, ...args];
  const words = [...IN_NEW_NETWORK, ...WITH_NETWORK, files.path, ...command];
  const child = spawn("unshare", words, { stdio: ["ignore", "pipe", "inherit"] });
  return await text(child.stdout);
}
