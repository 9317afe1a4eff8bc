import type { Setting } from "../sdk/setting.ts";
import { NATIVE_VALUES_FOLDER } from "../sdk/values/settings.ts";
import { NATIVE_HTTP_KEEPALIVE } from "./http/settings.ts";
import { NATIVE_NRPE_RESUME } from "./nrpe/settings.ts";
import { NATIVE_NSC_KEEPALIVE } from "./nsclient/settings.ts";
import { NATIVE_SSH_KEEPALIVE } from "./ssh/settings.ts";
import { NATIVE_DB_POOL } from "./transport/databases/settings.ts";

/**
 * The settings of all families, in the order of the documentation. They have a file of their own, as reading
 * worker.conf needs no check.
 */
export const BUILTIN_SETTINGS: readonly Setting[] = [
  NATIVE_HTTP_KEEPALIVE,
  NATIVE_SSH_KEEPALIVE,
  NATIVE_DB_POOL,
  NATIVE_NSC_KEEPALIVE,
  NATIVE_NRPE_RESUME,
  NATIVE_VALUES_FOLDER,
];
