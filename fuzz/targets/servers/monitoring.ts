import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Backend } from "../../../integrations/backends/backend.ts";
import type { ChangeReader } from "../../../integrations/backends/changes/change-reader.ts";
import { createLivestatusChangeReader } from "../../../integrations/backends/changes/livestatus-changes.ts";
import { createThrukChangeReader } from "../../../integrations/backends/changes/thruk-changes.ts";
import type { Channel } from "../../../integrations/backends/channel.ts";
import { ChannelError } from "../../../integrations/backends/channel.ts";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { Icinga2Channel } from "../../../integrations/backends/icinga2-channel.ts";
import { queryLivestatus } from "../../../integrations/backends/livestatus/livestatus.ts";
import { createLivestatusReader } from "../../../integrations/backends/livestatus/livestatus-reader.ts";
import { ThrukChannel } from "../../../integrations/backends/thruk-channel.ts";
import { renderStatus } from "../../../integrations/zulip/bot/status-reply.ts";
import { FakeServers } from "../../../test/support/servers/fake-servers.ts";
import type { ServedTarget } from "../../engine/target.ts";
import { makeJson } from "../json.ts";
import { JSON_MARKS, latin1 } from "../samples.ts";
import { tellChanges } from "./changes.ts";
import { sendAndClose } from "./hostile.ts";

const TARGET = { host: "web1", service: "http" };
const ASKER = { author: "mon", comment: "[zulip:message 1]" };
/** It is looked again at once, and once only. */
const HASTE = { seenWithinMs: 0, pollMs: 1 };
const STATUSES = [200, 200, 200, 201, 404, 401, 403, 500, 302];
const JSON_WORDS = [
  ...JSON_MARKS,
  "1e999",
  '"toString":1',
  '"valueOf":1',
  '"__proto__":',
  '{"toString":0,"valueOf":0}',
  "\\ud800",
  "\n",
];

/** A server that answers each request with the same body. The first byte says with which status. */
export async function startBodies(): Promise<{
  readonly port: number;
  answer(bytes: Buffer): void;
  stop(): Promise<void>;
}> {
  let status = 200;
  let body: Buffer = Buffer.alloc(0);
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    answer: (bytes) => {
      status = STATUSES[(bytes[0] ?? 0) % STATUSES.length] ?? 200;
      body = bytes.subarray(1);
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A body and the status that it comes with. */
export function answered(status: number, body: string): Buffer {
  return Buffer.concat([Buffer.of(Math.max(0, STATUSES.indexOf(status))), Buffer.from(body)]);
}

/** Whatever the monitoring says: nothing rejects, and what people are told is a text. */
async function askAll(backend: Backend): Promise<unknown> {
  const now = Math.floor(Date.now() / 1000);
  const plan = { ...ASKER, marker: "[zulip:", startsAt: now, endsAt: now + 60 };
  const found = await backend.status(TARGET);
  return [
    renderStatus(TARGET, found, { language: "en" }).replace(/[0-9]+/g, "#"),
    await backend.acknowledge(TARGET, { ...ASKER, isSticky: true }),
    await backend.unacknowledge(TARGET, ASKER.author),
    await backend.downtime(TARGET, plan),
    await backend.removeDowntime(TARGET, { marker: "[zulip:", author: ASKER.author }),
    await backend.recheck(TARGET),
    await backend.whoAmI().catch(orChannelError),
  ].map((each) => (typeof each === "object" && "kind" in each ? each.kind : each));
}

function orChannelError(error: unknown): string {
  if (error instanceof ChannelError) return error.kind;
  throw error;
}

interface Rest extends Pick<ServedTarget, "name" | "samples"> {
  /** The names in its bodies. */
  readonly fields: readonly string[];
  readonly open: (url: string) => Channel & { close(): void };
  /** Of what others have done there. */
  readonly openChanges?: (url: string) => ChangeReader;
}

function rest({ name, samples, fields, open, openChanges }: Rest): ServedTarget {
  return {
    name,
    samples,
    kind: "served",
    tokens: JSON_WORDS,
    most: 65_536,
    shortRuns: 30,
    make: (random) => answered(random.pick(STATUSES), makeJson(random, fields)),
    start: async () => {
      const server = await startBodies();
      const url = `http://127.0.0.1:${server.port}`;
      const channel = open(url);
      const changes = openChanges?.(url);
      const backend = new CheckedBackend(channel, HASTE);
      return {
        read: async (bytes) => {
          server.answer(Buffer.from(bytes));
          const told = changes && (await tellChanges(changes, NEVER).catch(orChannelError));
          return [await askAll(backend), told?.length];
        },
        [Symbol.asyncDispose]: async () => {
          channel.close();
          changes?.[Symbol.dispose]();
          await server.stop();
        },
      };
    },
  };
}

const THRUK = rest({
  name: "thruk-body",
  fields: [
    ...["state", "acknowledged", "scheduled_downtime_depth", "plugin_output", "service_description"],
    ...["id", "author", "comment", "end_time", "can_submit_commands", "message", "description"],
    ...["host_name", "entry_time", "start_time", "fixed", "duration", "expires", "last_time_ok"],
  ],
  samples: () => [
    answered(
      200,
      '[{"state":2,"acknowledged":0,"scheduled_downtime_depth":1,"plugin_output":"broken","service_description":"http","id":7,"author":"a","comment":"[zulip:","end_time":1}]',
    ),
    answered(
      200,
      '[{"host_name":"web1","service_description":"http","author":"gui","comment":"new disk","entry_time":1795419000,"start_time":1795419000,"end_time":1795422600,"fixed":1,"duration":3600,"state":2,"last_time_ok":0}]',
    ),
    answered(200, '{"state":0,"acknowledged":1,"plugin_output":"fine"}'),
    answered(200, '{"id":"omdadmin","can_submit_commands":1}'),
    answered(200, '{"message":"Command successfully submitted"}'),
    answered(403, '{"code":403,"failed":true,"message":"no such key"}'),
    answered(500, '{"description":"x","message":"y"}'),
  ],
  open: (url) => new ThrukChannel({ url, apiKey: "k", timeoutMs: 2_000 }),
  openChanges: (url) => createThrukChangeReader({ url, apiKey: "k", timeoutMs: 2_000 }),
});

const ICINGA2 = rest({
  name: "icinga2-body",
  fields: [
    ...["results", "attrs", "state", "acknowledgement", "downtime_depth", "last_check_result", "output"],
    ...["name", "author", "comment", "end_time", "code", "status", "user", "permissions"],
  ],
  samples: () => [
    answered(
      200,
      '{"results":[{"attrs":{"state":2,"acknowledgement":0,"downtime_depth":1,"last_check_result":{"output":"broken"},"author":"a","comment":"[zulip:","end_time":1},"name":"web1!http!1","code":200,"status":"Successfully scheduled downtime"}]}',
    ),
    answered(200, '{"results":[{"code":409,"status":"Service web1!http is already acknowledged."}]}'),
    answered(200, '{"results":[{"code":409,"status":"Service web1!http is OK."}]}'),
    answered(200, '{"results":[{"user":"root","permissions":["*"],"info":"x"}]}'),
    answered(404, '{"error":404,"status":"No objects found."}'),
    answered(500, '{"results":[]}'),
  ],
  open: (url) => new Icinga2Channel({ url, user: "u", password: "p", timeoutMs: 2_000 }),
});

const ROWS = '[[2,0,1,"broken"],[7,"a","[zulip:",1,"http"]]\n';
const MARKS = '[["web1","http","gui","new disk",1795419000,1795419000,1795422600,1,3600]]\n';
const NEVER = new AbortController().signal;

/** A core's livestatus: a head of 16 bytes and a list of rows. */
const LIVESTATUS: ServedTarget = {
  name: "served-livestatus",
  kind: "served",
  mayThrow: [ChannelError],
  most: 65_536,
  samples: () =>
    latin1(
      `200 ${String(ROWS.length).padStart(11)}\n${ROWS}`,
      `200 ${String(MARKS.length).padStart(11)}\n${MARKS}`,
      "404          10\nno table\n\n",
      "200           3\n[]\n",
      "",
    ),
  tokens: [...JSON_WORDS, "200 ", "404", "[[", "]]", "           "],
  make: (random) => {
    const rows = Array.from({ length: random.below(3) }, () => [
      2,
      0,
      1,
      "x",
      1_795_419_000,
      0,
      1_795_422_600,
    ]);
    const odd = JSON.parse(makeJson(random, ["http", "a"])) as unknown;
    for (const row of rows) Object.assign(row, { [random.below(9)]: odd });
    return Buffer.from(`200 ${"1".padStart(11)}\n${JSON.stringify(rows)}`);
  },
  start: async () => {
    let input = Buffer.alloc(0);
    const servers = new FakeServers();
    const port = await servers.tcp((socket) => sendAndClose(socket, input));
    const options = { address: { host: "127.0.0.1", port }, timeoutMs: 2_000 };
    const reader = createLivestatusReader(options);
    return {
      read: async (bytes) => {
        input = Buffer.from(bytes);
        const rows = await queryLivestatus(options, ["GET hosts"]);
        const found = await reader.status(TARGET);
        const downtimes = await reader.downtimes(TARGET);
        const said = found && renderStatus(TARGET, found, { language: "de" }).replace(/[0-9]+/g, "#");
        const told = await tellChanges(createLivestatusChangeReader(options.address), NEVER);
        return [rows.length, said, downtimes.length, told.length];
      },
      [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
    };
  },
};

/** What acknowledges and sets downtimes. */
export const MONITORING_SERVERS: readonly ServedTarget[] = [THRUK, ICINGA2, LIVESTATUS];
