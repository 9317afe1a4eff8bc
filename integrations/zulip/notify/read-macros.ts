import type { Macros } from "./notice.ts";

/** Those that a core puts into the environment, and that a message or a rule may be made of. */
const KEPT = new Set(
  [
    "NOTIFICATIONTYPE NOTIFICATIONAUTHOR NOTIFICATIONAUTHORNAME NOTIFICATIONCOMMENT NOTIFICATIONNUMBER",
    "HOSTACKAUTHOR HOSTACKAUTHORNAME HOSTACKCOMMENT SERVICEACKAUTHOR SERVICEACKAUTHORNAME SERVICEACKCOMMENT",
    "HOSTNAME HOSTALIAS HOSTDISPLAYNAME HOSTADDRESS HOSTADDRESS6 HOSTSTATE HOSTSTATETYPE HOSTOUTPUT",
    "LONGHOSTOUTPUT HOSTGROUPNAME HOSTGROUPNAMES HOSTNOTESURL HOSTACTIONURL HOSTDURATION HOSTATTEMPT",
    "SERVICEDESC SERVICENAME SERVICEDISPLAYNAME SERVICESTATE SERVICESTATETYPE SERVICEOUTPUT",
    "LONGSERVICEOUTPUT SERVICEGROUPNAME SERVICEGROUPNAMES SERVICENOTESURL SERVICEACTIONURL",
    "SERVICEDURATION SERVICEATTEMPT CONTACTNAME CONTACTALIAS CONTACTGROUPNAME CONTACTGROUPNAMES",
    "LONGDATETIME SHORTDATETIME TIMET DATE TIME",
  ]
    .join(" ")
    .split(" "),
);
/** Macros of a site's own: `_HOSTTEAM`. */
const CUSTOM = /^_(?:HOST|SERVICE|CONTACT)\w+$/;
const PREFIX = /^(?:NAGIOS|NAEMON|ICINGA)_/;
const WORD = /^(?:NAGIOS_|NAEMON_|ICINGA_)?(?<name>_?[A-Z][A-Z0-9_]*)=(?<value>.*)$/s;
const MAX_VALUE = 8_192;
const MAX_MACROS = 100;

/**
 * The macros of a call: `NAME=VALUE` words in capitals count more than the environment, where Nagios and
 * Naemon put them as NAGIOS_NAME. Gives back the words that are none.
 */
export function readMacros(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly macros: Macros; readonly others: readonly string[] } {
  const macros = new Map<string, string>();
  const others: string[] = [];
  for (const [variable, value] of Object.entries(env)) {
    const name = variable.replace(PREFIX, "");
    if (name !== variable && value !== undefined && isKept(name)) keep(macros, name, value);
  }
  for (const word of words) {
    const { name, value } = WORD.exec(word)?.groups ?? {};
    if (name === undefined || value === undefined) others.push(word);
    else keep(macros, name, value);
  }
  return { macros, others };
}

function isKept(name: string): boolean {
  return KEPT.has(name) || CUSTOM.test(name);
}

/** A plugin's output of a megabyte is no message. */
function keep(macros: Map<string, string>, name: string, value: string): void {
  if (macros.size < MAX_MACROS || macros.has(name))
    macros.set(name, value.slice(0, MAX_VALUE).toWellFormed());
}
