import { readFileSync } from "node:fs";
import { ChannelError } from "../../backends/channel.ts";
import { ThrukBroadcasts } from "../../backends/thruk-broadcasts.ts";
import type { NotifierSettings } from "../settings/table.ts";
import { followBroadcasts } from "./follow-broadcasts.ts";
import { followHandlerRuns, type ReportsOptions } from "./handler-reports.ts";

type Common = Omit<ReportsOptions, "reporting">;
type Sources = Pick<NotifierSettings, "reporting" | "broadcasts">;

/** Starts what fills the spool besides the core's command. It ends when the scope is left. */
export function startSources(sources: Sources, common: Common): AsyncDisposable {
  const ending = new AbortController();
  const { signal } = ending;
  const { reporting } = sources;
  const following = [
    ...(reporting === undefined ? [] : [followHandlerRuns({ ...common, reporting }, signal)]),
    askThruk(sources, common, signal),
  ];
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(following);
    },
  };
}

async function askThruk({ broadcasts }: Sources, common: Common, signal: AbortSignal): Promise<void> {
  if (broadcasts === undefined) return;
  const { url, keyFile, everyMs, style } = broadcasts;
  const thruk = new ThrukBroadcasts({ url, key: () => readKey(keyFile) });
  try {
    await followBroadcasts(
      { ...common, broadcasting: { fetch: () => thruk.fetch(), everyMs, style } },
      signal,
    );
  } finally {
    thruk.close();
  }
}

function readKey(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    throw new ChannelError("forbidden", `the API key of Thruk cannot be read: ${path}`);
  }
}
