import type { ByteString } from "../../byte-string.ts";
import type { AskedMacro } from "./custom-macros.ts";
import type { Scope } from "./scope.ts";

/** Macros that are values of naemon.cfg, by their keys. */
const OF_MAIN: Readonly<Record<string, string>> = {
  ADMINEMAIL: "admin_email",
  ADMINPAGER: "admin_pager",
  STATUSDATAFILE: "status_file",
  RETENTIONDATAFILE: "state_retention_file",
  OBJECTCACHEFILE: "object_cache_file",
  TEMPFILE: "temp_file",
  TEMPPATH: "temp_path",
  LOGFILE: "log_file",
  RESOURCEFILE: "resource_file",
  COMMANDFILE: "command_file",
  HOSTPERFDATAFILE: "host_perfdata_file",
  SERVICEPERFDATAFILE: "service_perfdata_file",
};

/** Set in notifications only. The core knows their names in a check, and they are empty. */
const OF_NOTIFICATIONS = /^NOTIFICATION(?:TYPE|NUMBER|RECIPIENTS|ISESCALATED|AUTHOR(?:NAME|ALIAS)?|COMMENT)$/;
const TOTALS = /^TOTAL(?:HOSTS|HOSTPROBLEMS|SERVICES|SERVICEPROBLEMS)[A-Z]*$/;

/** A macro that is the same for all checks. Undefined: it is none of these. */
export function readSiteMacro({ name }: AskedMacro, { site, onVolatile }: Scope): ByteString | undefined {
  const key = OF_MAIN[name];
  if (key !== undefined) return site.main.get(key) ?? "";
  if (name === "MAINCONFIGFILE") return "";
  if (OF_NOTIFICATIONS.test(name)) return "";
  const isOfHost = /^TOTALHOSTSERVICES/.test(name);
  const value = TOTALS.test(name) && !isOfHost ? "0" : timeOf(name);
  if (value !== undefined) onVolatile();
  return value;
}

const TIME = /^(?:TIMET|(?:PROCESS|EVENT)STARTTIME|DATE|TIME|(?:SHORT|LONG)DATETIME|(?:IS|NEXT)VALIDTIME)$/;

/** A time like the core's, as the check's own time is not known yet. */
function timeOf(name: string): ByteString | undefined {
  if (!TIME.test(name)) return undefined;
  const now = new Date();
  const [date = "", time = ""] = now.toISOString().slice(0, 19).split("T");
  switch (name) {
    case "DATE":
      return date;
    case "TIME":
      return time;
    case "SHORTDATETIME":
    case "LONGDATETIME":
      return `${date} ${time}`;
    case "ISVALIDTIME":
    case "NEXTVALIDTIME":
      return "0";
    default:
      return String(Math.floor(now.getTime() / 1000));
  }
}
