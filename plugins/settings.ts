import type { Setting } from "../sdk/setting.ts";
import { NATIVE_VALUES_FOLDER } from "../sdk/values/settings.ts";
import { NATIVE_HTTP_KEEPALIVE } from "./http/settings.ts";
import { NATIVE_SSH_KEEPALIVE } from "./ssh/settings.ts";
import { NATIVE_DB_POOL } from "./transport/database-setting.ts";

/**
 * The settings of all families, in the order of the documentation. They have a file of their own, as reading
 * worker.conf needs no check.
 */
export const BUILTIN_SETTINGS: readonly Setting[] = [
  NATIVE_HTTP_KEEPALIVE,
  NATIVE_SSH_KEEPALIVE,
  NATIVE_DB_POOL,
  NATIVE_VALUES_FOLDER,
];
