import { join } from "node:path";
import { execaNode } from "execa";
import { readStat } from "../processes/process-tree.ts";
import type { Values } from "./storm-servers.ts";

export interface StormServer extends AsyncDisposable {
  readonly values: Values;
  readonly cpuMs: () => number;
}

/** Starts a server in a process of its own. If it cannot be started here, it has no values. */
export async function startServer(name: string): Promise<StormServer> {
  const child = execaNode(join(import.meta.dirname, "server-process.ts"), [name], { stderr: "ignore" });
  const ended = child.catch(() => {});
  const values = await child.getOneMessage().then(
    (told) => told as Values,
    () => ({}),
  );
  return {
    values,
    cpuMs: () => (child.pid === undefined ? 0 : (readStat(child.pid)?.cpuMs ?? 0)),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
