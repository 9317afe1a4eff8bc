import type { SettingValues } from "../../sdk/setting.ts";
import type { Secured } from "./tls/complete-tls.ts";
import { configKey, type ValuesOf } from "./values.ts";
import type { WorkerOption } from "./worker/options.ts";

/** The values of worker.conf. */
export interface Config extends Omit<ValuesOf<WorkerOption>, keyof Secured>, Secured {
  /** The families' settings. */
  readonly settings: SettingValues;
}

/**
 * The values of all options, a family's setting beside the worker's own ones: `max-worker` is `maxWorker`.
 */
export function allValues({ settings, ...values }: Config): Readonly<Record<string, unknown>> {
  return {
    ...values,
    ...Object.fromEntries([...settings].map(([{ name }, value]) => [configKey(name), value])),
  };
}
