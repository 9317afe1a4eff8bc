import type { ByteString } from "../../byte-string.ts";
import { allowedCommands } from "../kinds/allowed-commands.ts";
import { choice } from "../kinds/choice.ts";
import { names, restrictedPaths } from "../kinds/lists.ts";
import { PLUGIN_LIMITS, pluginLimits } from "../kinds/plugin-limits.ts";
import { queues, queueUsers } from "../kinds/queue-users.ts";
import { characters } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

/** What plugins need besides PATH, and what does not tell them anything about the worker. */
export const STRICT_ENVIRONMENT: readonly ByteString[] =
  "HOME LANG LANGUAGE LC_* LOGNAME OMD_* SHELL TMPDIR TZ USER".split(" ");

export const RESTRICTION_ROWS = [
  {
    name: "restrict_path",
    aliases: ["restrictpath"],
    kind: restrictedPaths,
    default: [],
    help: "Only run plugins below this folder. Repeat it for several folders. Commands that are no plain absolute path with words, hold one of restrict_command_characters, or are a wrapper such as negate whose own command is outside or not understood, are refused. docs/differences.md says what this does not promise.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "restrict_command_characters",
    kind: characters,
    default: "$&();<>`\"'|",
    help: "A command with one of these characters is refused while restrict_path is in use.",
    knownBy: ["C worker"],
  },
  {
    name: "restrict_mode",
    kind: choice(["path", "strict"]),
    default: "path",
    help: "path restricts commands by restrict_path, if it is set. strict runs a command only if a line of restrict_allow has its words, too, and gives nothing to a shell. docs/security.md.",
    knownBy: ["omd-worker"],
  },
  {
    name: "restrict_allow",
    kind: allowedCommands,
    default: [],
    help: "With restrict_mode=strict: a command that may be run, word for word. <host>, <number>, <range> and <word> stand for such a word, <blank> for a blank in it, * for any that is no option, ... at the end for any more words. Repeat it for each command.",
    knownBy: ["omd-worker"],
  },
  {
    name: "plugin_environment",
    kind: names,
    default: undefined,
    defaultText: `all; with restrict_mode=strict ${STRICT_ENVIRONMENT.join(",")}`,
    help: "Names of the environment variables that plugins see of those that the worker was started with; * stands for any characters. PATH is always one of them. The worker's own variables (OMD_WORKER_…) need no name here, plugins never see those that hold secrets.",
    knownBy: ["omd-worker"],
  },
  {
    name: "queue_user",
    kind: queueUsers,
    default: [],
    help: "As whom the plugins, event handlers and notifications of a queue run: QUEUE:USER, with the name that gearmand_top shows; * stands for the queues that are not named. The worker must be root, or have CAP_SETUID, CAP_SETGID and CAP_KILL. Plugins of such a queue gain no rights (sudo, setuid) and no warm interpreter runs them; its native checks are executed, too. docs/security.md.",
    knownBy: ["omd-worker"],
  },
  {
    name: "queue_limits",
    kind: pluginLimits,
    default: [],
    help: `What each plugin of a queue may use: QUEUE:NAME=VALUE,NAME=VALUE, as hostgroup_dmz:cpu=30,nofile=64,as=512M,core=0. The names are those of prlimit (${Object.keys(PLUGIN_LIMITS).join(", ")}). Repeat it for each queue; * stands for the queues that are not named. No warm interpreter runs the plugins of such a queue.`,
    knownBy: ["omd-worker"],
  },
  {
    name: "native_checks_as_worker",
    kind: queues,
    default: [],
    help: "Queues with queue_user whose native checks answer all the same, in the worker and with its rights. * stands for all of them.",
    knownBy: ["omd-worker"],
  },
] as const satisfies readonly ConfigRow[];
