import type { Setting } from "../../../sdk/setting.ts";
import { RESTART } from "../option.ts";
import { error } from "../problem.ts";
import { CHECK_ROWS } from "../rows/checks.ts";
import { RUN_AND_SEND_ROWS } from "../rows/run-and-send.ts";
import { SEND_TOOL_ROWS } from "../rows/send-tools.ts";
import { type ConfigTable, type OptionGroup, use, useAll } from "../table.ts";
import { completeTls, type Secured } from "../tls/complete-tls.ts";
import { type ValuesOf, withDefaults } from "../values.ts";
import { VARIABLE_PREFIX } from "../variables.ts";
import { WORKER_OPTIONS } from "../worker/options.ts";
import { requireKey, requireServer, type Sealing } from "./complete.ts";
import { WHERE_OPTIONS } from "./send-options.ts";

const RESULT = use(SEND_TOOL_ROWS, { host: RESTART, service: RESTART });
const RUN = [
  ...useAll(RUN_AND_SEND_ROWS, RESTART),
  ...use(CHECK_ROWS, { timeout_return: RESTART, show_error_output: RESTART }),
];
const OPTIONS = [...WHERE_OPTIONS, ...RESULT, ...RUN];
export const RUN_AND_SEND_GROUPS: readonly OptionGroup[] = [
  { title: "The command and its result", options: [...RESULT, ...RUN] },
  { title: "Job servers and encryption", options: WHERE_OPTIONS },
];

type Values = ValuesOf<(typeof OPTIONS)[number]>;

/** The values of the options of `omd-worker run-and-send`. The host is known. */
export type RunAndSendConfig = Omit<Values, keyof (Sealing & Secured) | "host"> &
  Sealing &
  Secured & { readonly host: string };

/** `settings` are those of the families of checks, for a worker in the same environment. */
export function runAndSendTable(settings: readonly Setting[]): ConfigTable<RunAndSendConfig> {
  return {
    groups: RUN_AND_SEND_GROUPS,
    variables: { prefix: VARIABLE_PREFIX, others: [...WORKER_OPTIONS, ...settings] },
    complete: (draft, context) => {
      const given = withDefaults(OPTIONS, draft, context.machine);
      requireServer(given, draft, context);
      const { host } = given;
      if (host === undefined) context.report(error("got no hostname, please use --host=..."));
      const secured = completeTls(given, draft, context);
      return { config: { ...given, ...requireKey(given, draft, context), ...secured, host: host ?? "" } };
    },
  };
}
