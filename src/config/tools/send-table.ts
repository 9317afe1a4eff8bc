import { error } from "../problem.ts";
import type { ConfigTable } from "../table.ts";
import { completeTls, type Secured } from "../tls/complete-tls.ts";
import { type ValuesOf, withDefaults } from "../values.ts";
import { findSealing, requireServer, type Sealing } from "./complete.ts";
import { SEND_GROUPS, SEND_OPTIONS } from "./send-options.ts";

/** The values of send_gearman's options. */
export type SendConfig = Omit<ValuesOf<(typeof SEND_OPTIONS)[number]>, keyof (Sealing & Secured)> &
  Sealing &
  Secured;

/** The program send_gearman, and `omd-worker send`. */
export const SEND_TABLE: ConfigTable<SendConfig> = {
  groups: SEND_GROUPS,
  complete: (draft, context) => {
    const given = withDefaults(SEND_OPTIONS, draft, context.machine);
    requireServer(given, draft, context);
    if (given.host === undefined && given.message !== undefined)
      context.report(error("got no hostname, please use --host=..."));
    return {
      config: { ...given, ...findSealing(given, draft, context), ...completeTls(given, draft, context) },
    };
  },
};
