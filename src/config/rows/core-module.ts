import { flag } from "../kinds/flags.ts";
import { names } from "../kinds/lists.ts";
import { integer } from "../kinds/numbers.ts";
import { text } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

const BY_CORE = ["core module"] as const;

/** One file is often shared by the core module and the workers. */
export const CORE_MODULE_ROWS = [
  {
    name: "do_hostchecks",
    kind: flag,
    default: true,
    help: "Send host checks to the workers at all.",
    knownBy: BY_CORE,
  },
  {
    name: "route_eventhandler_like_checks",
    kind: flag,
    default: false,
    help: "Send event handlers to the queue of their host or service.",
    knownBy: BY_CORE,
  },
  {
    name: "localhostgroups",
    aliases: ["localhostgroup"],
    kind: names,
    default: [],
    help: "Host groups the core checks itself.",
    knownBy: BY_CORE,
  },
  {
    name: "localservicegroups",
    aliases: ["localservicegroup"],
    kind: names,
    default: [],
    help: "Service groups the core checks itself.",
    knownBy: BY_CORE,
  },
  {
    name: "queue_custom_variable",
    kind: text,
    default: undefined,
    help: "Custom variable of hosts and services that names their queue.",
    knownBy: BY_CORE,
  },
  { name: "use_uniq_jobs", kind: flag, default: true, help: "Queue a check only once.", knownBy: BY_CORE },
  {
    name: "result_workers",
    kind: integer(),
    default: 1,
    help: "Threads of the core that take results.",
    knownBy: BY_CORE,
  },
  {
    name: "log_stats_interval",
    kind: integer(),
    default: 60,
    unit: "seconds",
    help: "How often the core logs how much it submitted.",
    knownBy: BY_CORE,
  },
  {
    name: "accept_clear_results",
    kind: flag,
    default: false,
    help: "The core takes results that are not encrypted.",
    knownBy: BY_CORE,
  },
  {
    name: "orphan_host_checks",
    kind: flag,
    default: true,
    help: "The core makes up a result for host checks nobody ran.",
    knownBy: BY_CORE,
  },
  {
    name: "orphan_service_checks",
    kind: flag,
    default: true,
    help: "The core makes up a result for service checks nobody ran.",
    knownBy: BY_CORE,
  },
  {
    name: "orphan_return",
    kind: integer({ max: 3, below: 2, above: 2 }),
    default: 2,
    help: "Return code of such results.",
    knownBy: BY_CORE,
  },
  {
    name: "latency_flatten_window",
    kind: integer({ min: -(2 ** 31) }),
    default: 30,
    unit: "seconds",
    help: "How far the core moves late checks at most.",
    knownBy: BY_CORE,
  },
  {
    name: "perfdata",
    kind: { ...names, bare: "yes" },
    default: [],
    defaultText: "no",
    help: "Queues for performance data; yes means the queue perfdata. As in the C worker it counts as a queue option, so the queues to serve must be given as well.",
    knownBy: BY_CORE,
  },
  {
    name: "perfdata_mode",
    kind: integer({ max: 2, below: 1, above: 1 }),
    default: 1,
    help: "1 overwrites waiting performance data, 2 appends to it.",
    knownBy: BY_CORE,
  },
  {
    name: "perfdata_send_all",
    kind: flag,
    default: false,
    help: "Also for hosts and services with process_performance_data off.",
    knownBy: BY_CORE,
  },
  {
    name: "host_perfdata_template",
    kind: text,
    default: undefined,
    defaultText: "pnp4nagios' format",
    help: "Format of a host's performance data.",
    knownBy: BY_CORE,
  },
  {
    name: "service_perfdata_template",
    kind: text,
    default: undefined,
    defaultText: "pnp4nagios' format",
    help: "Format of a service's performance data.",
    knownBy: BY_CORE,
  },
  {
    name: "export",
    kind: text,
    default: undefined,
    help: "Queue that gets events of the core, as QUEUE:CODE:CALLBACK.",
    knownBy: BY_CORE,
  },
] as const satisfies readonly ConfigRow[];
