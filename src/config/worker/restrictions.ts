import type { ByteString } from "../../byte-string.ts";
import type { Config } from "../config.ts";
import { error, type Remark, warning } from "../problem.ts";

type Restrictions = Pick<Config, "restrictMode" | "restrictAllow" | "pluginEnvironment">;

/** What plugins need besides PATH, and what does not tell them anything about the worker. */
const STRICT_ENVIRONMENT: readonly ByteString[] =
  "HOME LANG LANGUAGE LC_* LOGNAME OMD_* SHELL TMPDIR TZ USER".split(" ");

/** The names of the variables that plugins may see. Undefined: all. */
export function pluginEnvironmentOf({
  restrictMode,
  pluginEnvironment,
}: Pick<Restrictions, "restrictMode" | "pluginEnvironment">): Restrictions["pluginEnvironment"] {
  return pluginEnvironment ?? (restrictMode === "strict" ? STRICT_ENVIRONMENT : undefined);
}

/** Options that mean less, or more, than whoever wrote them may think. */
export function findUnclearRestriction({
  restrictMode,
  restrictAllow,
}: Restrictions): { readonly name: "restrict_mode" | "restrict_allow"; readonly remark: Remark } | undefined {
  if (restrictMode === "strict" && restrictAllow.length === 0) {
    const message = "restrict_mode=strict without restrict_allow refuses every command";
    const hint = "name the commands: restrict_allow=/usr/lib/nagios/plugins/check_tcp -H <host> -p <number>";
    return { name: "restrict_mode", remark: error(message, hint) };
  }
  if (restrictMode !== "strict" && restrictAllow.length > 0) {
    const message = "restrict_allow has no effect without restrict_mode=strict";
    return { name: "restrict_allow", remark: warning(message, "restrict_mode=strict") };
  }
  return undefined;
}
