import type { Macros } from "../../../integrations/zulip/notify/notice.ts";
import { sendNow } from "../../../integrations/zulip/programs/send-now.ts";
import { openClient } from "../../../integrations/zulip/settings/open-client.ts";
import { NOTIFIER_TABLE } from "../../../integrations/zulip/settings/table.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { loadOptions } from "./load-options.ts";

/** Sends the notification at once. A text says why that was not possible. */
export async function notifyNow(
  macros: Macros,
  argv: readonly string[],
  io: Io,
): Promise<string | undefined> {
  const loaded = loadOptions(NOTIFIER_TABLE, argv, io);
  if (typeof loaded === "string") return loaded;
  const { connection, messages } = loaded.config;
  const client = openClient(connection, { env: io.env, version: VERSION });
  return sendNow(macros, { client, messages });
}
