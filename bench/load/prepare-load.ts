import { join } from "node:path";
import { execaNode } from "execa";
import type { LoadOrder, LoadReport } from "./order.ts";

/** A load process that has encoded its jobs and waits until it is told to go. */
export interface ReadyLoad {
  readonly run: () => Promise<LoadReport>;
}

export async function prepareLoad(order: LoadOrder, signal: AbortSignal): Promise<ReadyLoad> {
  const child = execaNode(join(import.meta.dirname, "load-process.ts"), [JSON.stringify(order)], {
    cancelSignal: signal,
    stderr: "inherit",
  });
  // When the process fails, waiting for its messages fails too. Its own failure is not reported a second
  // time.
  child.catch(() => {});
  await child.getOneMessage();
  return {
    run: async () => {
      const report = child.getOneMessage();
      await child.sendMessage("go");
      return (await report) as unknown as LoadReport;
    },
  };
}
