import { readCommand, readMention } from "../bot/read-command.ts";
import type { ChatMessage } from "../client/chat-message.ts";
import { fieldsOf, listOf } from "../client/fields.ts";
import { type CommandTarget, nameOf } from "../commands/command-text.ts";
import type { NoticeMessage } from "../notify/message.ts";
import { failed, fine, type Step } from "./step.ts";

/** The bot that is to obey the buttons. */
export interface NamedBot {
  readonly fullName: string;
  /** Undefined: Zulip knows nobody of this name. */
  readonly userId: number | undefined;
}

export interface Expectation {
  readonly message: NoticeMessage;
  readonly target: CommandTarget;
  readonly bot: NamedBot;
}

/** Undefined stands for a message that Zulip does not show. */
export function examineText(found: ChatMessage | undefined, { message }: Expectation): Step {
  if (found === undefined)
    return failed("arrived", "Zulip does not show the message", "subscribe this user to the stream");
  return found.content.trimEnd() === message.content.trimEnd()
    ? fine("arrived", "Zulip shows the message as it was sent")
    : failed("arrived", `Zulip shows another text: ${JSON.stringify(found.content)}`, "look at template");
}

export function examineTopic(found: ChatMessage, { message }: Expectation): Step {
  const { stream = "(none)", topic } = found;
  return topic === message.topic
    ? fine("topic", `it is in ${stream} > ${topic}`)
    : failed("topic", `it is in the topic ${topic}, not ${message.topic}`, "look at topic and host_topic");
}

/** As the bot reads them: a click writes one of these commands. */
export function examineButtons(found: ChatMessage, { message, target, bot }: Expectation): Step {
  if (message.widget === undefined) return fine("buttons", "there are none (buttons=no)");
  const { fullName, userId } = bot;
  if (userId === undefined)
    return failed("buttons", `Zulip knows nobody called ${fullName}`, "look at bot_name");
  if (found.form === undefined)
    return failed("buttons", "Zulip has left them out", "buttons=no, if it knows none; people use emoji");
  const replies = repliesOf(found);
  const isRight = (reply: string) => {
    const text = readMention(reply, fullName, userId);
    const command = text === undefined ? undefined : readCommand(text);
    if (command === undefined || !("target" in command) || command.target === undefined) return false;
    return command.target.host === target.host && command.target.service === target.service;
  };
  const wrong = replies.find((reply) => !isRight(reply));
  if (replies.length > 0 && wrong === undefined)
    return fine("buttons", `${replies.length}, each a command for ${nameOf(target)} that ${fullName} reads`);
  return failed("buttons", `the bot would not understand ${JSON.stringify(wrong ?? "")}`, "look at bot_name");
}

/** What clicks write. */
export function repliesOf({ form }: Pick<ChatMessage, "form">): readonly string[] {
  return listOf(form?.["choices"]).map((choice) => String(fieldsOf(choice)["reply"]));
}
