import { expect } from "vitest";
import { queryLivestatus, sendLivestatus } from "../../../integrations/backends/livestatus/livestatus.ts";
import { createLivestatusReader } from "../../../integrations/backends/livestatus/livestatus-reader.ts";
import type { Icinga2 } from "./icinga2.ts";

interface Target {
  readonly host: string;
  readonly service?: string | undefined;
}

/** A state that the core believes, seen when it resolves. */
export async function setState(icinga: Icinga2, target: Target, state: number): Promise<void> {
  const { host, service } = target;
  const [kind, ...names] = service === undefined ? ["HOST", host] : ["SERVICE", host, service];
  const command = ["PROCESS", kind, "CHECK_RESULT"].join("_");
  const { status } = createLivestatusReader({ address: { path: icinga.livestatus } });
  // Icinga 2 drops a result that is older than the last one, and the time of a command is a whole second.
  const tryOnce = async () => {
    await sendCommand(icinga, [command, ...names, state, "said by a test"]);
    return await status(target);
  };
  await expect.poll(tryOnce, { timeout: 5_000 }).toMatchObject({ state, output: "said by a test" });
}

/** Rows of a table of livestatus. */
export function readRows({ livestatus }: Icinga2, table: string, columns: string) {
  const options = { address: { path: livestatus } };
  return queryLivestatus(options, [`GET ${table}`, `Columns: ${columns}`]);
}

/** As the monitoring's own pages send it. */
export function sendCommand({ livestatus }: Icinga2, words: readonly unknown[]): Promise<void> {
  const line = `[${Math.floor(Date.now() / 1000)}] ${words.join(";")}`;
  return sendLivestatus({ address: { path: livestatus } }, line);
}
