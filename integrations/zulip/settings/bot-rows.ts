import { choice } from "../../../src/config/kinds/choice.ts";
import { names } from "../../../src/config/kinds/lists.ts";
import { seconds } from "../../../src/config/kinds/numbers.ts";
import { folder } from "../../../src/config/kinds/texts.ts";
import type { ConfigRow } from "../../../src/config/option.ts";
import { gitlab } from "./gitlab-kind.ts";
import { linesOf } from "./lines-kind.ts";
import { monitoring } from "./monitoring-kind.ts";

const BY_US = ["omd-worker"] as const;

/** What people may ask the bot for. */
export const BOT_ROWS = [
  {
    name: "monitoring",
    kind: monitoring,
    default: undefined,
    sample:
      "icinga2 https://localhost:5665 user=zulip-bot password_file=/etc/omd-worker/icinga.password ca_file=/var/lib/icinga2/certs/ca.crt",
    help: "What the bot acts in. icinga2 URL with user=, password_file= and ca_file=; thruk URL, up to /thruk, with key_file= and ca_file=; livestatus with /PATH or HOST:PORT; pipe PATH, the core's command file, with livestatus=/PATH to read what became of commands. expiring=yes for the last two: the core knows acknowledgements that expire, as Naemon does.",
    knownBy: BY_US,
  },
  {
    name: "permission",
    kind: linesOf("allow or deny, and PART=VALUE…"),
    default: [],
    sample: "allow stream=icinga role=member",
    help: "Who may ask for what: allow or deny, and parts that must all fit: stream=, user= (an address or a number), group=, role= (owner, administrator, moderator, member or guest; those above it, too), verb= (ack, downtime, status, recheck, issue; who may do something may take it back), host=. Values have | between several, and * and ?. max=8h is the longest downtime that the line allows. The first line that fits counts. Without one that allows it nobody may do anything but ask for help.",
    knownBy: BY_US,
  },
  {
    name: "gitlab",
    kind: gitlab,
    default: undefined,
    help: "Where issue opens an issue: the address of GitLab, with project= (its path or number), token_file= (of a token with the scope api and the role Reporter; read again for each request), labels=A,B and ca_file=. Without it the bot opens none.",
    knownBy: BY_US,
  },
  {
    name: "show_changes",
    kind: choice(["off", "acknowledgements", "all"]),
    default: "off",
    help: "What was changed elsewhere, as in the web interface, is written into the topic of the alert. Icinga 2 tells of it, if the user has the permission events/*; Thruk and livestatus are asked for it (show_changes_interval). acknowledgements: those that make no notification, and their removal. all: downtimes, too; then let the core send no notifications of downtimes, or they appear twice.",
    knownBy: BY_US,
  },
  {
    name: "show_changes_interval",
    kind: seconds({ min: 1, max: 3_600 }),
    default: 15,
    unit: "seconds",
    help: "How often Thruk or livestatus is asked for changes made elsewhere (show_changes): once for acknowledgements, and with all once for downtimes.",
    knownBy: BY_US,
  },
  {
    name: "max_command_age",
    kind: seconds({ min: 10, max: 86_400 }),
    default: 600,
    unit: "seconds",
    help: "What was asked for longer ago, while the bot was away, is not done any more; the answer says so.",
    knownBy: BY_US,
  },
  {
    name: "people_max_age",
    kind: seconds({ min: 1, max: 3_600 }),
    default: 60,
    unit: "seconds",
    help: "How long the role and the groups of a user are remembered. What an administrator of Zulip takes away from somebody counts after this time.",
    knownBy: BY_US,
  },
  {
    name: "alert_user",
    kind: names,
    default: [],
    help: "Addresses or numbers of other users of Zulip whose alerts are believed, if the notifier has another user than the bot. Every user can send messages that look like alerts, so nobody else's are.",
    knownBy: BY_US,
  },
  {
    name: "state_folder",
    kind: folder,
    default: "/var/lib/omd-worker/zulip-bot",
    help: "A folder, for this bot alone, in which it remembers what it has read, done and answered. It is made with mode 0700 if there is none.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];
