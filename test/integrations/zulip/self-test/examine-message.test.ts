import { describe, expect, it } from "vitest";
import type { ChatMessage } from "../../../../integrations/zulip/client/chat-message.ts";
import { renderNotice } from "../../../../integrations/zulip/notify/message.ts";
import { dummyProblem } from "../../../../integrations/zulip/self-test/dummy-problem.ts";
import {
  examineButtons,
  examineText,
  examineTopic,
} from "../../../../integrations/zulip/self-test/examine-message.ts";
import { STYLE, TIME } from "../notify/notices.ts";

const target = dummyProblem(new Map(), TIME);
const message = renderNotice(target, STYLE);
if (message === undefined) throw new Error("dropped");
const EXPECTED = { message, target, bot: { fullName: "Icinga API-Bot", userId: 27 } };

/** As Zulip shows it, with buttons that write these texts. */
function shown(more: Partial<ChatMessage> = {}, ...replies: readonly string[]): ChatMessage {
  const { topic, content } = EXPECTED.message;
  return {
    id: 1,
    stream: "icinga",
    streamId: 6,
    topic,
    content,
    senderId: 27,
    senderEmail: "a@b",
    sentAt: 1,
    reactions: [],
    form: { choices: replies.map((reply) => ({ reply })) },
    ...more,
  };
}

describe("a message that Zulip shows", () => {
  it("is as it was sent, but for blanks at its end", () => {
    expect(examineText(shown({ content: `${message.content}\n` }), EXPECTED).isFine).toBe(true);
    expect(examineTopic(shown(), EXPECTED).isFine).toBe(true);
  });

  it.each([
    ["is not shown to this user", undefined, "Zulip does not show the message"],
    ["has another text", shown({ content: "cut" }), 'Zulip shows another text: "cut"'],
  ])("%s", (_, found, text) => {
    expect(examineText(found, EXPECTED)).toMatchObject({ isFine: false, text });
  });

  it("is in another topic", () => {
    expect(examineTopic(shown({ topic: "moved" }), EXPECTED)).toMatchObject({
      isFine: false,
      text: expect.stringContaining("it is in the topic moved, not Dummy-Icinga-Notifier - "),
    });
  });

  const own = "acknowledge###dummy-icinga-notifier###Dummy-Icinga-Notifier###";
  it.each([
    ["calls the bot", `@**Icinga API-Bot** ${own}`, true],
    ["calls another bot", `@**Other** ${own}`, false],
    ["is about another host", "@**Icinga API-Bot** acknowledge###other###Dummy-Icinga-Notifier###", false],
    ["is about the host alone", "@**Icinga API-Bot** acknowledge###dummy-icinga-notifier###", false],
    ["is no command", "@**Icinga API-Bot** dance", false],
  ])("has a button that %s", (_, reply, isFine) => {
    const first = `@**Icinga API-Bot** downtime###${own.split("###").slice(1, 3).join("###")}###1h###`;
    expect(examineButtons(shown({}, first, reply), EXPECTED).isFine).toBe(isFine);
  });

  it("has a form without a button", () => {
    expect(examineButtons(shown(), EXPECTED).isFine).toBe(false);
  });
});
