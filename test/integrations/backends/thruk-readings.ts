import { expect } from "vitest";
import { createThrukChangeReader } from "../../../integrations/backends/changes/thruk-changes.ts";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { ThrukBroadcasts } from "../../../integrations/backends/thruk-broadcasts.ts";
import { ThrukChannel } from "../../../integrations/backends/thruk-channel.ts";

export const [HOST, SERVICE] = ["dummy_fkt_tests", "Größe & Platte/2"];
const SIGNAL = new AbortController().signal;
const TARGET = { host: HOST, service: SERVICE };
export const WISH = { author: "Änne Müller", comment: "via Zulip [zulip:1]", isSticky: true };
const PLAN = { ...WISH, marker: "[zulip:1]", startsAt: 1_795_754_242, endsAt: 1_795_757_842 };
const MARK = { author: WISH.author, comment: WISH.comment };
const SAID = { output: "said by a test, größer", downtimes: 0, isAcknowledged: false };
const SENT = { kind: "sent" };
const [NO_KEY, NO_CORE] = [
  "Thruk does not let us in: wrong authentication key",
  "failed to open socket /omd/sites/prod/tmp/run/live: No such file or directory.",
];
const REFUSED = { kind: "forbidden", reason: "Thruk: you are not allowed to run this command" };

export type Open = ReturnType<typeof openAll>;
export function openAll(url: string) {
  const options = { url, apiKey: "k" };
  const channel = new ThrukChannel(options);
  const broadcasts = new ThrukBroadcasts({ url, key: () => "k" });
  return {
    channel,
    backend: new CheckedBackend(channel),
    reader: createThrukChangeReader(options),
    broadcasts,
  };
}

/** What was recorded, who reads it, and what it reads. */
export const READINGS: readonly (readonly [string, (open: Open) => Promise<unknown>, unknown])[] = [
  ["whoami", ({ channel }) => channel.whoAmI(), "zulip-bot"],
  ["service that is a problem", ({ channel }) => channel.status(TARGET), { ...SAID, state: 2 }],
  [
    "host that is down",
    ({ channel }) => channel.status(TARGET),
    { ...SAID, state: 1, output: "said by a test" },
  ],
  [
    "service that is acknowledged",
    ({ channel }) => channel.status(TARGET),
    { ...SAID, state: 2, isAcknowledged: true },
  ],
  ["service in a downtime", ({ channel }) => channel.status(TARGET), { ...SAID, state: 2, downtimes: 1 }],
  ["service that there is not", ({ backend }) => backend.status(TARGET), { kind: "unknown-object" }],
  ["host that there is not", ({ backend }) => backend.status({ host: HOST }), { kind: "unknown-object" }],
  ["service that the user may not see", ({ backend }) => backend.status(TARGET), { kind: "unknown-object" }],
  ["acknowledge a service", ({ channel }) => channel.acknowledge(TARGET, WISH), SENT],
  ["remove the acknowledgement of a service", ({ channel }) => channel.unacknowledge(TARGET), SENT],
  ["downtime of a service", ({ channel }) => channel.downtime(TARGET, PLAN), SENT],
  ["check a service", ({ channel }) => channel.recheck(TARGET), SENT],
  ["no downtimes", ({ channel }) => channel.downtimes(TARGET), []],
  [
    "downtimes of a host and of its services",
    ({ channel }) => channel.downtimes(TARGET),
    [{ ...MARK, id: expect.stringMatching(/^\d+$/), endsAt: expect.any(Number) }],
  ],
  [
    "downtimes of a host and of its services",
    ({ channel }) => channel.downtimes({ host: HOST }),
    [{ ...MARK, id: expect.stringMatching(/^\d+$/), endsAt: expect.any(Number) }],
  ],
  [
    "comments of acknowledgements",
    async ({ reader }) =>
      (await reader.acknowledgements(SIGNAL)).map(({ target, endsAt }) => [target, endsAt]),
    expect.arrayContaining([
      [TARGET, undefined],
      [{ host: HOST, service: undefined }, undefined],
    ]),
  ],
  [
    "comments of acknowledgements that end",
    async ({ reader }) => (await reader.acknowledgements(SIGNAL)).map(({ endsAt }) => endsAt),
    [expect.any(Number), expect.any(Number)],
  ],
  [
    "downtimes",
    async ({ reader }) =>
      (await reader.downtimes(SIGNAL)).map(({ enteredAt, endsAt = 0, overAt = 0 }) => [
        endsAt - enteredAt,
        overAt - enteredAt,
      ]),
    [
      [3_600, 3_600],
      [3_600, 3_600],
    ],
  ],
  [
    "service, standing",
    ({ reader }) => reader.standing(TARGET, SIGNAL),
    { isWell: false, isAcknowledged: false, wellAt: expect.any(Number) },
  ],
  [
    "host, standing",
    ({ reader }) => reader.standing({ host: HOST }, SIGNAL),
    { isWell: false, isAcknowledged: false, wellAt: expect.any(Number) },
  ],
  ["command of a user that is read-only", ({ channel }) => channel.acknowledge(TARGET, WISH), REFUSED],
  [
    "acknowledge a service without a comment",
    ({ channel }) => channel.acknowledge(TARGET, WISH),
    { kind: "forbidden", reason: "Thruk answers with HTTP 400: comment_data is a required argument" },
  ],
  [
    "command that there is not",
    ({ channel }) => channel.unacknowledge(TARGET),
    { kind: "forbidden", reason: "Thruk answers with HTTP 404: there is no command nope for type service" },
  ],
  [
    "core away: service",
    ({ backend }) => backend.status(TARGET),
    { kind: "unavailable", reason: `Thruk answers with HTTP 500: prod: ${NO_CORE}` },
  ],
  [
    "core away: sites",
    ({ backend }) => backend.status(TARGET),
    { kind: "unavailable", reason: `Thruk does not reach prod: ERROR: ${NO_CORE}` },
  ],
  [
    "core away: command",
    ({ channel }) => channel.acknowledge(TARGET, WISH),
    { kind: "unavailable", reason: `Thruk answers with HTTP 400: sending command failed: prod: ${NO_CORE}` },
  ],
];

/** What was recorded, who reads it, and why it cannot. */
export const FAILURES: readonly (readonly [string, (open: Open) => Promise<unknown>, string])[] = [
  ["whoami with a wrong key", ({ channel }) => channel.whoAmI(), NO_KEY],
  [
    "whoami of a user that is read-only",
    ({ channel }) => channel.whoAmI(),
    "the user viewer may not submit commands",
  ],
  ["broadcasts with a wrong key", ({ broadcasts }) => broadcasts.fetch(), NO_KEY],
  [
    "core away: comments",
    ({ reader }) => reader.acknowledgements(SIGNAL),
    `Thruk answers with HTTP 500: prod: ${NO_CORE}`,
  ],
  [
    "path that there is not",
    ({ broadcasts }) => broadcasts.fetch(),
    "Thruk answers with HTTP 404: unknown rest path",
  ],
];
