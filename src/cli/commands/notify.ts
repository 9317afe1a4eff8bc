import { readMacros } from "../../../integrations/zulip/notify/read-macros.ts";
import { type CommandResult, unknownWord } from "../command.ts";
import type { Io } from "../io.ts";
import { keepForCore } from "../zulip/keep-for-core.ts";

const NOW = "--now";
const WAITS = 1;

/**
 * What a core's notification command calls: keeps the notification for the notifier, and ends.
 * Exit codes: 0 it is kept (or sent, with --now), 1 it waits in the spool as it could not be sent, 2 it is
 * lost, 3 the call or the configuration is wrong.
 */
export async function notifyCommand([word, ...words]: readonly string[], io: Io): Promise<CommandResult> {
  if (word !== "zulip") return unknownWord(word, ["zulip"]);
  const isNow = words.includes(NOW);
  const rest = words.filter((one) => one !== NOW);
  if (isNow && (await sendNow(rest, io))) return 0;
  const { code, complaint } = await keepForCore(rest, io);
  if (complaint !== "") io.stderr(complaint);
  return isNow && code === 0 ? WAITS : code;
}

/** True: it is sent. */
async function sendNow(words: readonly string[], io: Io): Promise<boolean> {
  const { notifyNow } = await import("../zulip/notify-now.ts");
  const { macros, others } = readMacros(words, io.env);
  const failure = await notifyNow(macros, others, io);
  if (failure !== undefined) io.stderr(`${failure}\n`);
  return failure === undefined;
}
