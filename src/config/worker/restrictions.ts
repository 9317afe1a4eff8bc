import type { Config } from "../config.ts";
import { ALLOWED_COMMAND } from "../kinds/allowed-commands.ts";
import { error, type Remark, warning } from "../problem.ts";
import { STRICT_ENVIRONMENT } from "../rows/restrictions.ts";

type Restrictions = Pick<Config, "restrictMode" | "restrictAllow" | "pluginEnvironment">;

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
    const hint = `name the commands: restrict_allow=${ALLOWED_COMMAND}`;
    return { name: "restrict_mode", remark: error(message, hint) };
  }
  if (restrictMode !== "strict" && restrictAllow.length > 0) {
    const message = "restrict_allow has no effect without restrict_mode=strict";
    return { name: "restrict_allow", remark: warning(message, "restrict_mode=strict") };
  }
  return undefined;
}
