import { editMessage, fetchNewestId, fetchOwnMessages } from "../client/api.ts";
import { MessageSender } from "../client/message-sender.ts";
import { explainRefusal } from "../client/streams.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import {
  type Deployment,
  isSamePush,
  mergeDeployments,
  readDeployment,
  renderDeployment,
} from "./deployment.ts";

interface AnnounceOptions {
  readonly client: ZulipClient;
  readonly stream: string;
  readonly topic: string;
}

/** A push is among so many latest messages of its topic. */
const LOOKED_AT = 100;
const RETRIES = 2;

/** `posted-anew`: the message of the push may not be changed any more, so another one has all its nodes. */
export type Announced = "posted" | "changed" | "posted-anew";

/**
 * Writes what nodes have made of a push: a new message for the first of them, and a change of this message
 * for all others. An organization lets messages be changed for a time only (ten minutes, unless it says
 * otherwise), or never. Zulip has no way to change a message only if nobody else has, so of two calls at the
 * same moment one may overwrite the other. Throws a ZulipError.
 */
export async function announce(news: Deployment, options: AnnounceOptions): Promise<Announced> {
  const found = await find(news, options);
  if (found === undefined) {
    await post(news, options);
    return "posted";
  }
  const merged = mergeDeployments(found.deployment, news);
  if (await change(found.id, merged, options)) return "changed";
  await post(merged, options);
  return "posted-anew";
}

/** False: Zulip lets nobody change the message, or not any more. */
async function change(id: number, deployment: Deployment, { client }: AnnounceOptions): Promise<boolean> {
  try {
    await editMessage(client, id, renderDeployment(deployment));
    return true;
  } catch (error) {
    if (error instanceof ZulipError && error.failure.kind === "refused") return false;
    throw error;
  }
}

interface Found {
  readonly id: number;
  readonly deployment: Deployment;
}

/** The latest one. In a stream that does not exist there is none: to send will say so. */
async function find(
  news: Deployment,
  { client, stream, topic }: AnnounceOptions,
): Promise<Found | undefined> {
  const place = { stream, topic, count: LOOKED_AT };
  const messages = await fetchOwnMessages(client, place).catch((error: unknown) => {
    if (error instanceof ZulipError && error.failure.kind === "refused") return [];
    throw error;
  });
  return messages
    .flatMap(({ id, content }) => {
      const deployment = readDeployment(content.trimEnd());
      return deployment !== undefined && isSamePush(deployment, news) ? [{ id, deployment }] : [];
    })
    .at(-1);
}

async function post(news: Deployment, { client, stream, topic }: AnnounceOptions): Promise<void> {
  const after = await fetchNewestId(client);
  const sender = new MessageSender({ client });
  const message = { stream, topic, content: renderDeployment(news) };
  await sender.send(message, { after, retries: RETRIES }).catch(async (error: unknown) => {
    throw error instanceof ZulipError ? await explainRefusal(error, client, { stream }) : error;
  });
}
