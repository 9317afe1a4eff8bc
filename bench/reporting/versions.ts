import { availableParallelism, cpus, release } from "node:os";
import { execa } from "execa";
import { programOf, type Worker } from "../workers/worker.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly node: string;
  readonly gearmand: string;
}

export interface WorkerVersion {
  readonly name: string;
  readonly version: string;
  readonly command: string;
}

const PATIENCE_MS = 5_000;
const UNKNOWN = "version unknown";

export async function describeMachine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "CPU",
    cores: availableParallelism(),
    kernel: release(),
    node: process.version,
    gearmand: (await readVersion(["gearmand"])).replace(/ - .*/, ""),
  };
}

export async function describeWorker(worker: Worker): Promise<WorkerVersion> {
  return {
    name: worker.name,
    version: withoutFolders(await readVersion(programOf(worker))),
    command: worker.template.map(withoutFolders).join(" "),
  };
}

/**
 * `/a/b/worker` → `worker`, `--file=/a/b/c` → `--file=c`: a published report holds no path of this machine.
 */
export function withoutFolders(word: string): string {
  return word.replace(/(^|[=:\s])[^=:\s]*\/(?=[^/\s])/g, "$1");
}

/** The first line with a number that a program prints about itself. */
async function readVersion([file = "", ...args]: readonly string[]): Promise<string> {
  const { PATH = "" } = process.env;
  const { all } = await execa(file, [...args, "--version"], {
    all: true,
    reject: false,
    timeout: PATIENCE_MS,
    stdin: "ignore",
    env: { PATH: `${PATH}:/usr/sbin` },
  });
  return all?.split("\n").find((line) => /\d\.\d/.test(line)) ?? UNKNOWN;
}
