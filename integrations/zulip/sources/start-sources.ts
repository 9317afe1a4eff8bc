import type { NotifierSettings } from "../settings/table.ts";
import { followHandlerRuns, type ReportsOptions } from "./handler-reports.ts";

/** Starts what fills the spool besides the core's command. It ends when the scope is left. */
export function startSources(
  { reporting }: Pick<NotifierSettings, "reporting">,
  common: Omit<ReportsOptions, "reporting">,
): AsyncDisposable {
  const ending = new AbortController();
  const { signal } = ending;
  const following = reporting && followHandlerRuns({ ...common, reporting }, signal);
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await following;
    },
  };
}
