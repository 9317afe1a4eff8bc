import { EMOJI_NAMES, readEmoji } from "../../../integrations/zulip/emoji/pack.ts";
import { uploadPack } from "../../../integrations/zulip/emoji/upload.ts";
import { BOT_GROUPS } from "../../../integrations/zulip/settings/bot-table.ts";
import { openClient } from "../../../integrations/zulip/settings/open-client.ts";
import { ZULIP_GROUPS } from "../../../integrations/zulip/settings/options.ts";
import { CONNECTION_TABLE } from "../../../integrations/zulip/settings/table.ts";
import { renderProblem } from "../../config/problem.ts";
import { renderSampleConf } from "../../config/render/sample.ts";
import { type CommandResult, unknownWord, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { loadOptions } from "./load-options.ts";

const FAILED = 1;
const WRONG_CALL = 3;

/** Exit codes: 0, 1 Zulip has refused something or a test failed, 3 the call or a setting is wrong. */
export async function zulipCommand([word, ...words]: readonly string[], io: Io): Promise<CommandResult> {
  switch (word) {
    case "announce":
      return (await import("./announce-command.ts")).announceCommand(words, io);
    case "emoji":
      return emoji(words, io);
    case "sample":
      return sample(words, io);
    case "test":
      return (await import("./test-command.ts")).testCommand(words, io);
    default:
      return unknownWord(word, ["announce", "emoji", "sample", "test"]);
  }
}

function sample([program, ...others]: readonly string[], io: Io): CommandResult {
  if (others.length > 0 || (program !== undefined && program !== "bot"))
    return wrongCall("after sample comes bot, or nothing");
  io.stdout(renderSampleConf(program === "bot" ? BOT_GROUPS : ZULIP_GROUPS));
  return 0;
}

async function emoji([what, ...options]: readonly string[], io: Io): Promise<CommandResult> {
  if (what !== "upload") return wrongCall("after emoji comes upload");
  const loaded = loadOptions(CONNECTION_TABLE, options, io);
  if (typeof loaded === "string") {
    io.stderr(`${loaded}\n`);
    return WRONG_CALL;
  }
  for (const warning of loaded.warnings) io.stderr(`${renderProblem(warning)}\n`);
  const client = openClient(loaded.config, { env: io.env, version: VERSION });
  const pack = EMOJI_NAMES.map((name) => ({ name, png: readEmoji(name) }));
  const failures = await uploadPack(client, pack, (line) => io.stdout(`${line}\n`));
  for (const failure of failures) io.stderr(`${failure}\n`);
  return failures.length === 0 ? 0 : FAILED;
}
