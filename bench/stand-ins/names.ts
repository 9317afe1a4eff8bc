import { spawn } from "node:child_process";
import { once } from "node:events";
import { createNameFiles, mayHaveNames, NAME_FILES } from "../../test/support/processes/name-namespace.ts";
import { NAME_SERVER_PROGRAM } from "../../test/support/servers/name-server.ts";
import { readStat } from "../processes/process-tree.ts";

/** A name server for workers that are started by `with-names.sh FOLDER COMMAND…`. */
export interface Names extends AsyncDisposable {
  /** The folder of the files that take the place of the machine's own. */
  readonly folder: string;
  readonly address: string;
  readonly cpuMs: () => number;
}

/** Not 127.0.0.53, at which systemd listens. */
const ADDRESS = "127.83.0.53";

/** Undefined: no worker can be started with another name server here, or none can listen. */
export async function startNames(): Promise<Names | undefined> {
  if (process.getuid?.() !== 0 || !mayHaveNames()) return undefined;
  await using cleanup = new AsyncDisposableStack();
  const files = cleanup.use(createNameFiles({ ...NAME_FILES, "resolv.conf": `nameserver ${ADDRESS}\n` }));
  const child = spawn(process.execPath, [NAME_SERVER_PROGRAM, ADDRESS], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const exited = once(child, "exit");
  cleanup.defer(async () => {
    child.stdin.end();
    await exited;
  });
  const isListening = await Promise.race([
    once(child.stdout, "data").then(() => true),
    exited.then(() => false),
  ]);
  if (!isListening) return undefined;
  const running = cleanup.move();
  return {
    folder: files.path,
    address: ADDRESS,
    cpuMs: () => readStat(child.pid ?? 0)?.cpuMs ?? 0,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
