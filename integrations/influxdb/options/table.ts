import { INCLUDE, RESTART } from "../../../src/config/option.ts";
import { error } from "../../../src/config/problem.ts";
import { JOB_SERVER_ROWS } from "../../../src/config/rows/job-servers.ts";
import { PROCESS_ROWS } from "../../../src/config/rows/process.ts";
import { PROFILING_ROWS } from "../../../src/config/rows/profiling.ts";
import { TLS_ROWS } from "../../../src/config/rows/tls.ts";
import type { Secret } from "../../../src/config/secret.ts";
import { type ConfigTable, type OptionGroup, use, useAll } from "../../../src/config/table.ts";
import { completeTls, type Secured } from "../../../src/config/tls/complete-tls.ts";
import { type ValuesOf, withDefaults } from "../../../src/config/values.ts";
import { VARIABLE_PREFIX } from "../../../src/config/variables.ts";
import { findAcceptedKeys, findKey } from "../../../src/config/worker/key.ts";
import { WORKER_OPTIONS } from "../../../src/config/worker/options.ts";
import { completeTarget, type Target } from "./complete-target.ts";
import { DELIVERY_ROWS, PERFDATA_ROWS } from "./rows.ts";

const JOB_SERVERS = [
  ...use(JOB_SERVER_ROWS, {
    server: RESTART,
    gearman_connection_timeout: RESTART,
    grab_interval: RESTART,
    encryption: RESTART,
    key: RESTART,
    keyfile: RESTART,
    accepted_key: RESTART,
    accepted_keyfile: RESTART,
  }),
  ...useAll(TLS_ROWS, RESTART),
];
const PERFDATA = useAll(PERFDATA_ROWS, RESTART);
const DELIVERY = useAll(DELIVERY_ROWS, RESTART);
const PROCESS = [
  ...use(PROCESS_ROWS, {
    config: INCLUDE,
    debug: RESTART,
    logfile: RESTART,
    log_format: RESTART,
    shutdown_timeout: RESTART,
  }),
  ...use(PROFILING_ROWS, { prometheus_server: RESTART }),
];
const OPTIONS = [...JOB_SERVERS, ...PERFDATA, ...DELIVERY, ...PROCESS];

/** Under the headings of the help and of the documentation. */
export const PERFDATA_GROUPS: readonly OptionGroup[] = [
  { title: "What is written, and where", options: PERFDATA },
  { title: "Job servers and encryption", options: JOB_SERVERS },
  { title: "Batches and the spool", options: DELIVERY },
  { title: "Process, log and metrics", options: PROCESS },
];

type Values = ValuesOf<(typeof OPTIONS)[number]>;

/** The values of the options of `omd-worker perfdata`. */
export type PerfdataConfig = Omit<Values, "server" | "target"> &
  Pick<Secured, "server"> & {
    readonly key: Secret | undefined;
    readonly target: readonly Target[];
  };

export const PERFDATA_TABLE: ConfigTable<PerfdataConfig> = {
  groups: PERFDATA_GROUPS,
  variables: { prefix: VARIABLE_PREFIX, others: WORKER_OPTIONS },
  complete: (draft, context) => {
    const { machine, report } = context;
    const given = withDefaults(OPTIONS, draft, machine);
    const { failed, origins } = draft;
    const reportAt = (name: string) => (remark: Parameters<typeof report>[0]) =>
      report({ ...remark, ...origins.get(name)?.at(-1) });
    if (given.server.length === 0 && !failed.has("server"))
      report(error("please specify at least one server", "server=localhost:4730"));
    if (given.target.length === 0 && given.pnpSpool === undefined && !failed.has("target"))
      report(error("there is nowhere to write to", "target=main http://localhost:8086 database=nagflux"));
    if (!/^[^\\\s,=]{1,16}$/.test(given.afterBackslash))
      reportAt("after_backslash")(
        error("after_backslash has to be something that a name may end in", "leave it out for _"),
      );
    if (given.stageTag !== undefined && /\s/.test(given.stageTag))
      reportAt("stage_tag")(error("stage_tag has a blank", "name the stage in one word, as prod"));
    const isUnclear = ["encryption", "key", "keyfile"].some((name) => failed.has(name));
    const { server } = completeTls({ ...given, dupserver: [] }, draft, context);
    return {
      config: {
        ...given,
        server,
        key: findKey({ ...given, isUnclear }, machine, reportAt("keyfile")),
        acceptedKey: findAcceptedKeys(given, { machine, report: reportAt("accepted_keyfile") }),
        target: given.target.map((each) => completeTarget(each, { machine, report: reportAt("target") })),
      },
    };
  },
};
