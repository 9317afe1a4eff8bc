import { readCommand, readMention } from "../../../integrations/zulip/bot/read-command.ts";
import { keyOfReaction, readReaction } from "../../../integrations/zulip/bot/read-reaction.ts";
import {
  fetchEmojiNames,
  fetchNewestId,
  fetchOwnMessages,
  fetchOwnUser,
  fetchServerSettings,
  postMessage,
} from "../../../integrations/zulip/client/api.ts";
import type { Clock } from "../../../integrations/zulip/client/clock.ts";
import { ZulipClient } from "../../../integrations/zulip/client/zulip-client.ts";
import { ZulipError } from "../../../integrations/zulip/client/zulip-error.ts";
import { insist, type PureTarget, type ServedTarget, type Target, text } from "../../engine/target.ts";
import { makeJson } from "../json.ts";
import { answered, startBodies } from "./monitoring.ts";

const LONGEST_SLEEP_MS = 2 ** 31 - 1;
const MESSAGE = { stream: "icinga", topic: "web1", content: "broken" };

/** Nobody waits, but a wait that no timer can keep would be none. */
const CLOCK: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  sleep: async (ms) => insist(ms <= LONGEST_SLEEP_MS, `a wait of ${ms} ms, which timers do not keep`),
};

const FIELDS = [
  ...["result", "msg", "id", "user_id", "email", "full_name", "zulip_version", "zulip_feature_level"],
  ...["messages", "content", "emoji", "name", "deactivated", "code", "retry-after"],
];

/** What a Zulip server answers, whatever was asked for. */
const SERVER: ServedTarget = {
  name: "zulip-body",
  kind: "served",
  shortRuns: 30,
  most: 65_536,
  samples: () => [
    answered(
      200,
      '{"result":"success","msg":"","id":42,"user_id":8,"email":"bot@example.org","full_name":"Bot","is_bot":true,"zulip_version":"9.4","zulip_feature_level":260}',
    ),
    answered(200, '{"result":"success","messages":[{"id":7,"content":"x"},{"id":9,"content":"y"}]}'),
    answered(200, '{"result":"success","emoji":{"1":{"name":"ack","deactivated":false}}}'),
    answered(403, '{"result":"error","code":"UNAUTHORIZED","msg":"no"}'),
    answered(500, '{"result":"error","msg":"broken"}'),
    answered(200, '{"result":"error","code":"RATE_LIMIT_HIT","msg":"wait","retry-after":28.7}'),
  ],
  tokens: [
    '"',
    "{",
    "}",
    "[",
    "]",
    "null",
    '"id":',
    '"messages":[',
    '"emoji":',
    '"retry-after":1e300',
    "1e999",
    "-1",
    '{"toString":0,"valueOf":0}',
    '"__proto__":',
    "\\ud800",
  ],
  make: (random) => answered(random.pick([200, 200, 403]), makeJson(random, FIELDS)),
  start: async () => {
    const server = await startBodies();
    const site = `http://127.0.0.1:${server.port}`;
    const login = () => ({ email: "bot@example.org", key: "k" });
    const open = () => new ZulipClient({ site, login, userAgent: "fuzz", timeoutMs: 2_000, clock: CLOCK });
    return {
      read: async (bytes) => {
        server.answer(Buffer.from(bytes));
        const client = open();
        const asked = [
          await fetchServerSettings(client).catch(orZulipError),
          await fetchOwnUser(client).catch(orZulipError),
          await postMessage(client, MESSAGE).catch(orZulipError),
          await fetchOwnMessages(client, { ...MESSAGE, count: 5 }).catch(orZulipError),
          await fetchNewestId(client).catch(orZulipError),
          await fetchEmojiNames(client).catch(orZulipError),
        ];
        return asked.map((each) => (typeof each === "object" ? Object.keys(each).length : typeof each));
      },
      [Symbol.asyncDispose]: () => server.stop(),
    };
  },
};

function orZulipError(error: unknown): string {
  if (error instanceof ZulipError) return error.failure.kind;
  throw error;
}

/** A message that mentions the bot, and a reaction: the events that ask for something. */
const EVENTS: PureTarget = text("zulip-event", {
  samples: () => [
    "@**Bot** downtime 2h a reason",
    "@**Bot|8** acknowledge###web1###http###",
    "@**|8** downtime###web%23###http %c3%a4###1h###why",
    "ack",
    "1d",
  ],
  tokens: ["@**Bot**", "###", "downtime", "ack", "%c3", "%00", "1h", "7d", "1w2d", "\n", "1e9h", "toString"],
  read: (given) => {
    const said = Buffer.from(given, "latin1").toString("utf8");
    const command = readCommand(readMention(said, "Bot", 8) ?? said);
    if ("verb" in command) {
      const { seconds = 1, reason = "x" } = command;
      insist(Number.isSafeInteger(seconds) && seconds > 0, `a duration of ${seconds} seconds`);
      insist(!/\p{Cc}/u.test(reason), "a reason with a control character");
    }
    const reaction = {
      op: "add",
      messageId: 1,
      userId: 2,
      name: said,
      code: said,
      type: "realm_emoji",
    } as const;
    keyOfReaction(reaction);
    return [command, readReaction(reaction)?.verb];
  },
});

export const ZULIP: readonly Target[] = [SERVER, EVENTS];
