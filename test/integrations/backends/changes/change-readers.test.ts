import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChangePoller } from "../../../../integrations/backends/changes/change-poller.ts";
import type { ChangeReader } from "../../../../integrations/backends/changes/change-reader.ts";
import { createLivestatusChangeReader } from "../../../../integrations/backends/changes/livestatus-changes.ts";
import { createThrukChangeReader } from "../../../../integrations/backends/changes/thruk-changes.ts";

/** With a comment so long, all downtimes are more than 4 MB. */
const COMMENT = "x".repeat(400);
const COUNT = 10_000;
const END = 1_795_423_000;
const SIGNAL = new AbortController().signal;

/** Answers what is asked for with the same body, or, without one, never. */
interface Monitoring {
  readonly server: Server;
  readonly open: (port: number) => ChangeReader;
}

function livestatus(rows: readonly unknown[] | undefined): Monitoring {
  const body = JSON.stringify(rows ?? []);
  const head = `200 ${String(Buffer.byteLength(body)).padStart(11)}\n`;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {}).once("data", () => rows && socket.end(head + body));
  });
  return { server, open: (port) => createLivestatusChangeReader({ host: "127.0.0.1", port }) };
}

function thruk(rows: readonly unknown[] | undefined): Monitoring {
  const server = createHttpServer((_, response) => rows && response.end(JSON.stringify(rows)));
  return {
    server,
    open: (port) => createThrukChangeReader({ url: `http://127.0.0.1:${port}`, apiKey: "k" }),
  };
}

const service = (at: number) => ["web1", at === 0 ? "" : `http ${at}`, "gui", COMMENT, END - 3_600];
/** A fixed downtime, or a flexible one of ten minutes. */
const times = (at: number) => [END - 3_600, END, at % 2, 600];
const NAMES = ["host_name", "service_description", "author", "comment", "entry_time"];
const TIMES = ["start_time", "end_time", "fixed", "duration"];
const DOWNTIMES = Array.from({ length: COUNT }, (_, at) => [...service(at), ...times(at)]);

describe.each([
  { what: "livestatus", create: livestatus, rows: DOWNTIMES },
  {
    what: "Thruk",
    create: thruk,
    rows: DOWNTIMES.map((row) =>
      Object.fromEntries([...NAMES, ...TIMES].map((name, at) => [name, row[at]] as const)),
    ),
  },
])("$what", ({ create, rows }) => {
  let running: Server | undefined;
  const sockets = new Set<Socket>();
  async function start({ server, open }: Monitoring): Promise<ChangeReader> {
    running = server;
    server.on("connection", (socket: Socket) => sockets.add(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return open((server.address() as AddressInfo).port);
  }
  beforeEach(() => sockets.clear());
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    running?.close();
    if (running !== undefined) await once(running, "close");
  });

  it("has ten thousand downtimes, fixed and flexible ones, of hosts and of services", async () => {
    using reader = await start(create(rows));
    const found = await reader.downtimes(SIGNAL);
    expect(found).toHaveLength(COUNT);
    const common = { author: "gui", comment: COMMENT, enteredAt: END - 3_600, endsAt: END };
    expect(found.slice(0, 2)).toEqual([
      { ...common, target: { host: "web1", service: undefined }, overAt: END - 3_000 },
      { ...common, target: { host: "web1", service: "http 1" }, overAt: END },
    ]);
  });

  it("that does not answer is left at once when the bot ends", async () => {
    const monitoring = create(undefined);
    using reader = await start(monitoring);
    const ending = new AbortController();
    const polling = { everyMs: 1_000, hasDowntimes: true, now: Date.now, sleep: async () => {} };
    const changes = new ChangePoller(reader, polling).follow(() => {}, ending.signal);
    const next = changes[Symbol.asyncIterator]().next();
    await once(monitoring.server, "connection");
    ending.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
