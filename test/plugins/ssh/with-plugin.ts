import { type Check, CheckDeclined } from "../../../sdk/index.ts";
import { execute } from "../core/real-plugins.ts";

/** A check as a worker runs it: the plugin answers what the check declines. */
export interface CheckWithPlugin {
  readonly check: Check;
  /** Why the check declined → how often. */
  readonly declined: Readonly<Record<string, number>>;
}

export function withPlugin(check: Check, plugin: string): CheckWithPlugin {
  const declined: Record<string, number> = {};
  const understand: Check["understand"] = (argv) => {
    const understood = check.understand(argv);
    if (understood === undefined) return undefined;
    return {
      ...understood,
      run: (context) =>
        understood.run(context).catch(async (error: unknown) => {
          if (!(error instanceof CheckDeclined)) throw error;
          declined[error.message] = (declined[error.message] ?? 0) + 1;
          const outcome = await execute({ words: [plugin, ...argv], environment: [] });
          if (outcome.kind !== "exited") throw new Error(`the plugin ${outcome.kind}`);
          return { returnCode: outcome.returnCode, output: outcome.stdout, stderr: outcome.stderr };
        }),
    };
  };
  return { check: { ...check, understand }, declined };
}
