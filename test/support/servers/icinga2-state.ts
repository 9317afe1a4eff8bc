import { expect } from "vitest";
import { queryLivestatus, sendLivestatus } from "../../../integrations/backends/livestatus/livestatus.ts";
import { createLivestatusReader } from "../../../integrations/backends/livestatus/livestatus-reader.ts";
import type { Icinga2 } from "./icinga2.ts";

interface Target {
  readonly host: string;
  readonly service?: string | undefined;
}

/** A state that the core believes, seen when it resolves. */
export async function setState({ livestatus }: Icinga2, target: Target, state: number): Promise<void> {
  const options = { address: { path: livestatus } };
  const { host, service } = target;
  const [kind, ...names] = service === undefined ? ["HOST", host] : ["SERVICE", host, service];
  const command = ["PROCESS", kind, "CHECK_RESULT"].join("_");
  const { status } = createLivestatusReader(options);
  // Icinga 2 drops a result that is older than the last one, and the time of a command is a whole second.
  const tryOnce = async () => {
    const line = [command, ...names, state, "said by a test"].join(";");
    await sendLivestatus(options, `[${Math.floor(Date.now() / 1000)}] ${line}`);
    return await status(target);
  };
  await expect.poll(tryOnce, { timeout: 5_000 }).toMatchObject({ state, output: "said by a test" });
}

/** Rows of a table of livestatus. */
export function readRows({ livestatus }: Icinga2, table: string, columns: string) {
  const options = { address: { path: livestatus } };
  return queryLivestatus(options, [`GET ${table}`, `Columns: ${columns}`]);
}
