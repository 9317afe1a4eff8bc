import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { AdminError, readStatus, readVersion, readWorkers } from "../../../src/gearman/admin.ts";
import { BriefClient } from "../../../src/gearman/brief/client.ts";
import { ServerError } from "../../../src/gearman/brief/connection.ts";
import { takeJob } from "../../../src/gearman/brief/take-job.ts";
import { Grabber } from "../../../src/gearman/grabber/grabber.ts";
import { Orphans } from "../../../src/gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import { JobServer } from "../../../src/gearman/job-server/job-server.ts";
import { encodePacket } from "../../../src/gearman/packet.ts";
import { FakeServers } from "../../../test/support/servers/fake-servers.ts";
import { insist, type ServedTarget } from "../../engine/target.ts";
import { GEARMAN } from "../protocol/gearman.ts";
import { latin1, readFixture } from "../samples.ts";
import { send, sendAndClose } from "./hostile.ts";

const PACKETS = ["\0RES", "\0REQ", "\0\0\0\x0c", "\0", "\0\0\0\0", "\x04\0\0\0", "\0\0\0\x1f", "H:a:1"];
const RESPONSES = () => GEARMAN[0]?.samples() ?? [];
const REQUESTS = () => GEARMAN[1]?.samples() ?? [];

/** A server that sends the input, and what is done with it. */
function fromServer(
  about: Pick<ServedTarget, "name" | "samples" | "tokens" | "mayThrow">,
  serve: (socket: Socket, bytes: Buffer) => void,
  use: (
    server: { readonly host: string; readonly port: number },
    closed: Promise<unknown>,
  ) => Promise<unknown>,
): ServedTarget {
  return {
    ...about,
    kind: "served",
    most: 1 << 18,
    start: async () => {
      const servers = new FakeServers();
      let input = Buffer.alloc(0);
      let closed = Promise.withResolvers<void>();
      const port = await servers.tcp((socket) => {
        socket.once("close", () => closed.resolve());
        serve(socket, input);
      });
      return {
        read: async (bytes) => {
          input = Buffer.from(bytes);
          closed = Promise.withResolvers<void>();
          return await use({ host: "127.0.0.1", port }, closed.promise);
        },
        [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
      };
    },
  };
}

const ADMIN = fromServer(
  {
    name: "gearman-admin",
    mayThrow: [AdminError],
    samples: () =>
      latin1(
        readFixture("gearman/status.txt"),
        "30 127.0.0.1 omd : service host\n.\n",
        "OK 1.1.20\n",
        "ERR x y\r\n",
      ),
    tokens: ["\t", "\n", ".\n", "\r\n", " : ", "ERR ", "OK ", "0", "-1", "99999999999999999999"],
  },
  sendAndClose,
  async (server) => {
    const asked = await Promise.allSettled([readStatus(server), readWorkers(server), readVersion(server)]);
    for (const each of asked)
      if (each.status === "rejected" && !(each.reason instanceof AdminError)) throw each.reason;
    return { said: asked.map(({ status }) => status).join() };
  },
);

const TIMEOUT_MS = 2_000;

const BRIEF = fromServer(
  { name: "gearman-tools", mayThrow: [ServerError], samples: RESPONSES, tokens: PACKETS },
  sendAndClose,
  async (server) => {
    const client = new BriefClient({ server, timeoutMs: TIMEOUT_MS });
    await using taking = takeJob(server, "q", TIMEOUT_MS);
    const submission = { queue: "q", unique: "", workload: Buffer.from("x") };
    const answered = client.opened.then(() => client.request(submission));
    const settled = await Promise.allSettled([answered, taking.ready, taking.job]);
    await client.close();
    for (const each of settled)
      if (each.status === "rejected" && !(each.reason instanceof ServerError)) throw each.reason;
    return { said: settled.map(({ status }) => status).join() };
  },
);

const PROBE = encodePacket({ type: "ECHO_RES", data: Buffer.from("alive?") }, "response");
const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

const GRAB = encodePacket({ type: "GRAB_JOB_UNIQ" }, "request");

/**
 * The worker's own connection. The server answers the first probe, so that it counts as a job server, and
 * sends what it has to send when it is asked for jobs: before that it would be cut off at the first reply.
 */
const WORKER = fromServer(
  { name: "gearman-worker", samples: RESPONSES, tokens: PACKETS },
  (socket, bytes) => {
    socket.write(PROBE);
    let heard = Buffer.alloc(0);
    socket.on("data", function grabs(data) {
      heard = Buffer.concat([heard, data]);
      if (!heard.includes(GRAB)) return;
      socket.off("data", grabs).resume();
      send(socket, bytes);
      // What the worker has sent by then has been read, so a reset loses nothing.
      setImmediate(() => socket.end());
    });
  },
  async (server, closed) => {
    const jobs: GrabbedJob[] = [];
    const onJob = (job: GrabbedJob) => {
      jobs.push(job);
      job.complete();
    };
    const grabber = new Grabber({
      server,
      queues: ["host", "service"],
      log,
      orphans: new Orphans({ log }),
      room: () => 5,
      onJob,
    });
    grabber.start();
    await closed;
    await grabber.stop();
    insist(grabber.jobsInFlight === 0, "jobs are left that were completed");
    return jobs.length;
  },
);

/** The job server of the demo and of the tests: after any client it serves the next one. */
const SERVER: ServedTarget = {
  name: "job-server",
  kind: "served",
  samples: () => [...REQUESTS(), ...latin1("status\n", "workers\r\n", "version\n", "drop function x\n")],
  tokens: [...PACKETS, "\n", "status\n", "\0\0\0\x12", "\0\0\0\x09"],
  most: 1 << 18,
  start: async () => {
    const server = new JobServer();
    await server.start();
    return {
      read: async (bytes) => {
        const heard = await talk(server.port, bytes);
        return [heard.length, await readVersion({ host: "127.0.0.1", port: server.port })];
      },
      [Symbol.asyncDispose]: () => server.stop(),
    };
  },
};

/** Sends the bytes, and waits until the connection is closed. */
export async function talk(place: number | string, bytes: Buffer): Promise<Buffer> {
  const socket = typeof place === "number" ? connect(place, "127.0.0.1") : connect(place);
  const heard: Buffer[] = [];
  socket.on("data", (data: Buffer) => heard.push(data)).on("error", () => {});
  const closed = once(socket, "close").catch(() => {});
  send(socket, bytes);
  socket.end();
  await closed;
  return Buffer.concat(heard);
}

export const JOB_SERVERS: readonly ServedTarget[] = [ADMIN, BRIEF, WORKER, SERVER];
