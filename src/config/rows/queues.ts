import { flag } from "../kinds/flags.ts";
import { groups } from "../kinds/lists.ts";
import type { ConfigRow } from "../option.ts";

const NO_UNLESS_DEFAULT = "no; yes if no queue option is given at all";

export const QUEUE_ROWS = [
  {
    name: "hosts",
    kind: flag,
    default: false,
    defaultText: NO_UNLESS_DEFAULT,
    help: "Run host checks of the general queue host.",
    knownBy: ["C worker", "Go worker", "core module"],
    sample: "yes",
  },
  {
    name: "services",
    kind: flag,
    default: false,
    defaultText: NO_UNLESS_DEFAULT,
    help: "Run service checks of the general queue service.",
    knownBy: ["C worker", "Go worker", "core module"],
    sample: "yes",
  },
  {
    name: "eventhandler",
    aliases: ["eventhandlers"],
    kind: flag,
    default: false,
    defaultText: NO_UNLESS_DEFAULT,
    help: "Run event handlers of the queue eventhandler.",
    knownBy: ["C worker", "Go worker", "core module"],
    sample: "yes",
  },
  {
    name: "notifications",
    aliases: ["notification"],
    kind: flag,
    default: false,
    defaultText: NO_UNLESS_DEFAULT,
    help: "Run notification commands of the queue notification.",
    knownBy: ["C worker", "Go worker", "core module"],
    sample: "yes",
  },
  {
    name: "hostgroups",
    aliases: ["hostgroup"],
    kind: groups("hostgroup"),
    default: [],
    help: "Serve the queues hostgroup_NAME of these host groups. Names have at most 50 characters.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
  {
    name: "servicegroups",
    aliases: ["servicegroup"],
    kind: groups("servicegroup"),
    default: [],
    help: "Serve the queues servicegroup_NAME of these service groups. Names have at most 50 characters.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
] as const satisfies readonly ConfigRow[];
