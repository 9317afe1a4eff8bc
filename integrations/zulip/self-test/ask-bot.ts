import { REASONS } from "../bot/replies.ts";
import { fetchOwnUser } from "../client/api.ts";
import type { ChatMessage } from "../client/chat-message.ts";
import type { Clock } from "../client/clock.ts";
import { fetchLatest } from "../client/find-messages.ts";
import { MessageSender } from "../client/message-sender.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { mention, renderAcknowledge } from "../commands/command-text.ts";
import { type Expectation, repliesOf } from "./examine-message.ts";
import { type Attempt, attempt, failed, fine, type Step } from "./step.ts";

/** How the bot is asked. */
export interface Asking {
  /** Writes what a click writes. Undefined: somebody has to click. */
  readonly person: ZulipClient | undefined;
  readonly waitMs: number;
  /** Told what somebody has to do. */
  readonly onWait: (what: string) => void;
}

export interface AskOptions extends Asking {
  readonly client: ZulipClient;
  readonly clock: Clock;
  /** The problem, as Zulip shows it. */
  readonly problem: ChatMessage;
  readonly expectation: Expectation;
}

const LOOK_EVERY_MS = 2_000;
const LOOKED_AT = 20;

/** Acknowledges the problem as people do, and waits for the bot's answer. */
export async function* askBot(options: AskOptions): AsyncGenerator<Step> {
  const { person, problem, expectation } = options;
  const { fullName, userId } = expectation.bot;
  if (userId === undefined) {
    yield failed("command", `Zulip knows nobody called ${fullName}`, "look at bot_name");
    return;
  }
  const command =
    repliesOf(problem).at(-1) ?? `${mention(fullName)} ${renderAcknowledge(expectation.target)}`;
  const asked = await attempt("command", () =>
    person === undefined ? waitForClick(command, options) : writeCommand(command, person, options),
  );
  yield asked.step;
  if (asked.value === undefined) return;
  const { value: after } = asked;
  yield (await attempt("answer", () => waitForAnswer({ ...options, after, botId: userId }))).step;
}

/** The id of the message before the answer. */
async function waitForClick(
  command: string,
  { problem, waitMs, onWait }: AskOptions,
): Promise<Attempt<number>> {
  const seconds = Math.round(waitMs / 1_000);
  onWait(`click Acknowledge below the message within ${seconds} seconds, or write: ${command}`);
  return { step: fine("command", "somebody was asked to click"), value: problem.id };
}

/** As Zulip's own programs do after a click: in the same topic, in the name of the user. */
async function writeCommand(
  content: string,
  person: ZulipClient,
  { problem, clock }: AskOptions,
): Promise<Attempt<number>> {
  const { fullName, isBot } = await fetchOwnUser(person);
  if (isBot) {
    const advice = "name the zuliprc of a person: the bot does not listen to bots";
    return { step: failed("command", `${fullName} is a bot`, advice), value: undefined };
  }
  const { stream = "", topic, id } = problem;
  const sender = new MessageSender({ client: person, clock });
  const value = await sender.send({ stream, topic, content }, { after: id, retries: 2 });
  return { step: fine("command", `${fullName} wrote ${content}`), value };
}

async function waitForAnswer(
  options: AskOptions & { readonly after: number; readonly botId: number },
): Promise<Attempt<never>> {
  const { client, clock, problem, after, botId, waitMs } = options;
  const place = [
    { operator: "stream", operand: problem.stream ?? "" },
    { operator: "topic", operand: problem.topic },
    { operator: "sender", operand: botId },
  ] as const;
  for (const until = clock.elapsed() + waitMs; ; await clock.sleep(LOOK_EVERY_MS)) {
    const found = await fetchLatest(client, place, { count: LOOKED_AT });
    const answer = found.find(({ id, form }) => id > after && form === undefined);
    if (answer !== undefined) return { step: judgeAnswer(answer.content, options), value: undefined };
    if (clock.elapsed() >= until) break;
  }
  const { fullName } = options.expectation.bot;
  const advice =
    "is zulip-bot running, and subscribed to the stream? Its log and omd-worker zulip-bot --check say more";
  const text = `${fullName} has not answered within ${Math.round(waitMs / 1_000)} seconds`;
  return { step: failed("answer", text, advice), value: undefined };
}

type Reason = keyof typeof REASONS;

const ADVICE: Readonly<Partial<Record<Reason, string>>> = {
  refused: "allow it in zulip-bot.conf, as permission=allow stream=icinga-test-stream",
  "unknown-object": "define the dummy host and service in the monitoring, as docs/zulip.md does",
  "not-a-problem": "let the dummy service be CRITICAL in the monitoring, as docs/zulip.md does",
  "too-late": "compare the clocks of Zulip and of the bot's machine",
};

/** In the bot's language, whichever that is. */
function judgeAnswer(content: string, { expectation }: Pick<AskOptions, "expectation">): Step {
  const text = `${expectation.bot.fullName} answered: ${content}`;
  if (content.includes("✓")) return fine("answer", text);
  const reason = (Object.keys(REASONS) as Reason[]).find((kind) =>
    Object.values(REASONS[kind]).some((words) => content.includes(words)),
  );
  const advice = reason && ADVICE[reason];
  return failed("answer", text, advice ?? "the bot's log and omd-worker zulip-bot --check say more");
}
