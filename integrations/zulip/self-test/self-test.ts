import { fetchNewestId, fetchOwnUser, fetchServerSettings } from "../client/api.ts";
import type { ChatMessage } from "../client/chat-message.ts";
import { type Clock, REAL_CLOCK } from "../client/clock.ts";
import { fetchMessage } from "../client/find-messages.ts";
import { MessageSender } from "../client/message-sender.ts";
import { findPerson } from "../client/people.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { deliver } from "../notify/deliver.ts";
import { type MessageStyle, type NoticeMessage, renderNotice } from "../notify/message.ts";
import type { Macros } from "../notify/notice.ts";
import type { MessageSettings } from "../settings/messages.ts";
import { type Asking, askBot } from "./ask-bot.ts";
import { dummyProblem } from "./dummy-problem.ts";
import {
  type Expectation,
  examineButtons,
  examineText,
  examineTopic,
  type NamedBot,
} from "./examine-message.ts";
import { type Attempt, attempt, failed, fine, type Step } from "./step.ts";

export interface SelfTestOptions {
  readonly client: ZulipClient;
  readonly messages: MessageSettings;
  /** Where the message goes, whatever routes say. */
  readonly stream: string;
  /** What the dummy problem has in place of its own. */
  readonly macros: Macros;
  /** Undefined: the bot is not asked. */
  readonly asking: Asking | undefined;
  readonly clock?: Clock;
}

const RETRIES = 2;

/**
 * Posts a dummy problem as the notifier does, and looks whether all arrives. It ends where a step has failed
 * that the next ones need.
 */
export async function* runSelfTest(options: SelfTestOptions): AsyncGenerator<Step> {
  const { client, messages, stream, macros, asking, clock = REAL_CLOCK } = options;
  const login = await attempt("login", () => logIn(client, messages));
  yield login.step;
  const { value: bot } = login;
  if (bot === undefined) return;
  const notice = dummyProblem(macros, clock.now());
  const botName = messages.hasButtons ? bot.fullName : undefined;
  const style = { ...messages.style, stream, routes: [], botName };
  const message = renderNotice(notice, style);
  if (message === undefined) throw new TypeError("no route drops it");
  const expectation: Expectation = { message, target: notice, bot };
  const sent = await attempt("sent", () => send(message, { client, style, clock }));
  yield sent.step;
  const { value: id } = sent;
  if (id === undefined) return;
  const shown = await attempt("arrived", () => readBack(client, id, expectation));
  yield shown.step;
  const { value: problem } = shown;
  if (problem === undefined) return;
  yield examineTopic(problem, expectation);
  yield examineButtons(problem, expectation);
  if (asking !== undefined) yield* askBot({ ...asking, client, clock, problem, expectation });
}

/** Gives the bot whom the buttons call. */
async function logIn(client: ZulipClient, { botName }: MessageSettings): Promise<Attempt<NamedBot>> {
  const { version } = await fetchServerSettings(client);
  const own = await fetchOwnUser(client);
  const isOwn = botName === undefined || botName === own.fullName;
  const bot = isOwn ? own : { fullName: botName, userId: (await findPerson(client, botName))?.userId };
  const what = `${own.fullName}${own.isBot ? "" : ", which is no bot"}`;
  return { step: fine("login", `${client.site} (Zulip ${version}) knows this user as ${what}`), value: bot };
}

interface SendOptions {
  readonly client: ZulipClient;
  readonly style: MessageStyle;
  readonly clock: Clock;
}

async function send(message: NoticeMessage, { client, style, clock }: SendOptions): Promise<Attempt<number>> {
  const { stream, texts } = style;
  const sender = new MessageSender({ client, clock });
  const after = await fetchNewestId(client);
  const delivery = await deliver(
    { kind: "single", entries: [], ...message },
    { sender, client, after, retries: RETRIES, stream, texts },
  );
  if (delivery.kind === "sent")
    return { step: fine("sent", `Zulip has taken it as message ${delivery.id}`), value: delivery.id };
  const advice = `make the stream ${stream} in Zulip and subscribe this user, or name another with test_stream`;
  return { step: failed("sent", delivery.reason, advice), value: undefined };
}

async function readBack(
  client: ZulipClient,
  id: number,
  expectation: Expectation,
): Promise<Attempt<ChatMessage>> {
  const value = await fetchMessage(client, id);
  return { step: examineText(value, expectation), value };
}
