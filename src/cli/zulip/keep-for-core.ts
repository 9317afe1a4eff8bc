import { readMacros } from "../../../integrations/zulip/notify/read-macros.ts";
import { keepNotice } from "../../../integrations/zulip/programs/keep-notice.ts";
import { SPOOL_TABLE } from "../../../integrations/zulip/settings/table.ts";
import { renderProblem } from "../../config/problem.ts";
import { COMMAND_LINE } from "../../config/read/arguments.ts";
import type { Io } from "../io.ts";
import { loadOptions } from "./load-options.ts";

/** What became of a notification, and what is to be said of it. */
export interface KeptForCore {
  readonly code: 0 | typeof NOT_KEPT | typeof WRONG_CALL;
  readonly complaint: string;
}

export const NOT_KEPT = 2;
export const WRONG_CALL = 3;

/** Keeps a notification for the notifier. `words` are those after `notify zulip`. */
export async function keepForCore(words: readonly string[], { env }: Pick<Io, "env">): Promise<KeptForCore> {
  const { macros, others } = readMacros(words, env);
  const loaded = loadOptions(SPOOL_TABLE, others, { env });
  if (typeof loaded === "string") return { code: WRONG_CALL, complaint: `${loaded}\n` };
  // What is wrong with the files is told by zulip-notifier, not with every notification.
  const warnings = loaded.warnings
    .filter(({ file }) => file === COMMAND_LINE.file)
    .map((warning) => `${renderProblem(warning)}\n`)
    .join("");
  const reason = await keepNotice(macros, loaded.config);
  if (reason === undefined) return { code: 0, complaint: warnings };
  return { code: NOT_KEPT, complaint: `${warnings}the notification is not kept: ${reason}\n` };
}
