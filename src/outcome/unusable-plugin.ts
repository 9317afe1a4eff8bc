import { type ByteString, readText, withoutControls } from "../byte-string.ts";

/** A plugin that a job has named and that could not be started. The path is a byte string, or a text. */
export interface UnusablePluginFacts {
  readonly path: ByteString;
  readonly why: string;
}

/** What people read of it: `/p/check_x: not found`. */
export function renderUnusable({ path, why }: UnusablePluginFacts): string {
  return `${withoutControls(readText(path))}: ${why}`;
}

/** What to do about plugins that cannot be started for these reasons. */
export function adviseOnUnusable(plugins: readonly Pick<UnusablePluginFacts, "why">[]): string {
  const install = plugins.some(({ why }) => why === "not found");
  const mend = plugins.some(({ why }) => why !== "not found");
  return [
    ...(install ? ["install what is not found on this machine"] : []),
    ...(mend ? ["look at the rights and the first line of what is not executable"] : []),
  ].join(", ");
}
