import { RESTART } from "../option.ts";
import { error } from "../problem.ts";
import { SEND_TOOL_ROWS } from "../rows/send-tools.ts";
import { type ConfigTable, use } from "../table.ts";
import { completeTls, type Secured } from "../tls/complete-tls.ts";
import { type ValuesOf, withDefaults } from "../values.ts";
import { findSealing, type Sealing } from "./complete.ts";
import { WHERE_OPTIONS } from "./send-options.ts";

const RESULTS = use(SEND_TOOL_ROWS, { host: RESTART, active: RESTART, timeout: RESTART, retries: RESTART });
const OPTIONS = [...WHERE_OPTIONS, ...RESULTS];

/** The values of send_multi's options. The host is known, and there is a server. */
export type MultiConfig = Omit<ValuesOf<(typeof OPTIONS)[number]>, keyof (Sealing & Secured) | "host"> &
  Sealing &
  Secured & { readonly host: string };

const LOCALHOST = { host: "localhost", port: 4730 };

export const MULTI_TABLE: ConfigTable<MultiConfig> = {
  groups: [
    { title: "The results", options: RESULTS },
    { title: "Job servers and encryption", options: WHERE_OPTIONS },
  ],
  complete: (draft, context) => {
    const given = withDefaults(OPTIONS, draft, context.machine);
    const { host, server } = given;
    if (host === undefined) context.report(error("got no hostname, please use --host=..."));
    const servers = server.length > 0 ? server : [LOCALHOST];
    const secured = completeTls({ ...given, server: servers }, draft, context);
    return { config: { ...given, ...findSealing(given, draft, context), ...secured, host: host ?? "" } };
  },
};
