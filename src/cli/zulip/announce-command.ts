import { type Announced, announce } from "../../../integrations/zulip/announce/announce.ts";
import { readAnnounceCall } from "../../../integrations/zulip/announce/read-call.ts";
import { ZulipError } from "../../../integrations/zulip/client/zulip-error.ts";
import { openClient } from "../../../integrations/zulip/settings/open-client.ts";
import { NOTIFIER_TABLE } from "../../../integrations/zulip/settings/table.ts";
import { type CommandResult, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { loadOptions } from "./load-options.ts";

const FAILED = 1;
const WRONG_CALL = 3;

const SAID: Readonly<Record<Announced, string>> = {
  posted: "the message was posted",
  changed: "the message was changed",
  "posted-anew": "the message may not be changed any more: another one was posted, with all nodes",
};

/** Exit codes: 0 the message says it, 1 Zulip has not taken it, 3 the call or the configuration is wrong. */
export async function announceCommand(words: readonly string[], io: Io): Promise<CommandResult> {
  const call = readAnnounceCall(words);
  if (typeof call === "string") return wrongCall(call);
  const loaded = loadOptions(NOTIFIER_TABLE, call.options, io);
  if (typeof loaded === "string") {
    io.stderr(`${loaded}\n`);
    return WRONG_CALL;
  }
  const { connection, messages } = loaded.config;
  const { stream, stage } = messages.style;
  if (stage === "") return wrongCall("there is no stage: --stage=dev, or stage= in zulip.conf");
  const client = openClient(connection, { env: io.env, version: VERSION });
  try {
    const done = await announce({ ...call.deployment, stage }, { client, stream, topic: call.topic });
    io.stdout(`${SAID[done]}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ZulipError)) throw error;
    io.stderr(`${error.message}\n`);
    return FAILED;
  }
}
