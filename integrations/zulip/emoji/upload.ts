import { fetchEmojiNames, fetchOwnUser, uploadEmoji } from "../client/api.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";

interface Emoji {
  readonly name: string;
  readonly png: Uint8Array;
}

const BOTS_ARE_REFUSED =
  "is a bot, and Zulip takes custom emoji from people only: use the e-mail address and the API key of an administrator (Settings > Account & privacy > API key)";

/** Uploads what is not there yet. Gives what went wrong. */
export async function uploadPack(
  client: ZulipClient,
  pack: readonly Emoji[],
  tell: (line: string) => void,
): Promise<readonly string[]> {
  try {
    const user = await fetchOwnUser(client);
    if (user.isBot) return [`${user.email} ${BOTS_ARE_REFUSED}`];
    const there = await fetchEmojiNames(client);
    const failures: string[] = [];
    for (const { name, png } of pack) {
      if (there.includes(name)) tell(`:${name}: is there already`);
      else {
        const failure = await upload(client, { name, png });
        if (failure === undefined) tell(`:${name}: is uploaded`);
        else failures.push(`:${name}: ${failure}`);
      }
    }
    return failures;
  } catch (error) {
    return [messageOf(error)];
  }
}

async function upload(client: ZulipClient, { name, png }: Emoji): Promise<string | undefined> {
  try {
    await uploadEmoji(client, name, png);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ZulipError) return error.message;
  throw error;
}
