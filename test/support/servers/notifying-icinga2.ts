import { chmodSync } from "node:fs";
import { join } from "node:path";
import { documentedBlock } from "../documented-block.ts";
import type { BotChat } from "../processes/bot-chat.ts";
import { type Icinga2, startIcinga2 } from "./icinga2.ts";

const PROGRAM = join(import.meta.dirname, "../../../src/cli/omd-worker.ts");

/**
 * An Icinga 2 that notifies by the objects of docs/zulip.md, which are as they stand there but for the places
 * of the program and its configuration: those of the chat's folder. `objects` is what the site has besides.
 */
export function startNotifyingIcinga2(chat: BotChat, objects: string): Promise<Icinga2> {
  const program = chat.write("omd-worker", `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(program, 0o700);
  const documented = documentedBlock("docs/zulip.md", 'object NotificationCommand "zulip-service"')
    .replaceAll("/usr/bin/omd-worker", program)
    .replaceAll("/etc/omd-worker/zulip.conf", join(chat.folder, "zulip.conf"));
  const component = 'object NotificationComponent "notification" { }\n';
  return startIcinga2({ objects: component + objects + documented, isOurs: true });
}
