/**
 * A job server that always has jobs of perfdata, and a database that takes everything, in a process of its
 * own: beside them the writer is what limits the rate. Tells its ports, and after that how many jobs were
 * completed, when it is asked.
 */

import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { encodePacket, type Packet } from "../../src/gearman/packet.ts";
import { PacketReader } from "../../src/gearman/packet-reader.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { KEY, record, SERVICES } from "./queue.ts";

const encryption = process.argv[2] === "encrypted";
const HANDLE_DIGITS = 8;

const workloads = sealedRecords();
let assigned = 0;
let completed = 0;

const jobServer = createServer({ noDelay: true }, serve);
const database = createHttpServer((request, response) => {
  request.on("end", () => response.writeHead(204).end()).resume();
});
process.on("message", () => process.send?.({ completed }));
process.send?.({ gearman: await listen(jobServer), influx: await listen(database) });

/** A record of each service. The same ones come again and again. */
function sealedRecords(): readonly Buffer[] {
  const { seal } = createEnvelope({ encryption, key: keyFromPassword(Buffer.from(KEY)) });
  return Array.from({ length: SERVICES }, (_, at) => seal(record(at)));
}

async function listen(server: Pick<Server, "listen" | "address">): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return (server.address() as AddressInfo).port;
}

function serve(socket: Socket): void {
  let replies: Buffer[] = [];
  const reader = new PacketReader({
    magic: "request",
    onPacket: (packet) => {
      const reply = answer(packet);
      if (reply !== undefined) replies.push(encodePacket(reply, "response"));
    },
  });
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    reader.push(chunk);
    if (replies.length > 0) socket.write(Buffer.concat(replies));
    replies = [];
  });
}

function answer(packet: Packet): Packet | undefined {
  switch (packet.type) {
    case "ECHO_REQ":
      return { type: "ECHO_RES", data: Buffer.from(packet.data) };
    case "GRAB_JOB_UNIQ": {
      const workload = workloads[assigned % SERVICES] ?? Buffer.alloc(0);
      assigned += 1;
      const handle = `H:bench:${String(assigned).padStart(HANDLE_DIGITS, "0")}`;
      return { type: "JOB_ASSIGN_UNIQ", handle, queue: "perfdata", unique: "", workload };
    }
    case "WORK_COMPLETE":
      completed += 1;
      return undefined;
    default:
      return undefined;
  }
}
