import type { Socket } from "node:net";
import { lookUp } from "../../../plugins/dns/nslookup.ts";
import { CheckDeclined, CheckFailure, RESOLVER } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { FakeServers } from "../../../test/support/servers/fake-servers.ts";
import type { ServedTarget } from "../../engine/target.ts";

const HEADER = 12;
const TYPES = { a: 1, ptr: 12, aaaa: 28 } as const;
const CONF = { servers: ["127.0.0.1"], search: [], ndots: 1 };
const PATIENCE_MS = 2_000;
const QUERIES = ["web1.example", "10.0.0.1"];

/** The right answer, from a place on of which so many bytes are left out, and others put in. */
function answer(question: Buffer, [at = 0, removed = 0, ...added]: Buffer): Buffer {
  const type = question.readUInt16BE(question.length - 4);
  const data = dataOf(type);
  const record = Buffer.from([0xc0, HEADER, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
  const right = Buffer.concat([question, record, data]);
  right.writeUInt16BE(0x8180, 2);
  right.writeUInt16BE(1, 6);
  const from = at % right.length;
  return Buffer.concat([right.subarray(0, from), Buffer.from(added), right.subarray(from + removed)]);
}

function dataOf(type: number): Buffer {
  switch (type) {
    case TYPES.ptr:
      return Buffer.from("\x04web1\x07example\0", "latin1");
    case TYPES.aaaa:
      return Buffer.alloc(16, 1);
    default:
      return Buffer.from([10, 0, 0, 1]);
  }
}

/** Over TCP a length is in front of each message. What the answer says of its length may be wrong, too. */
function serveTcp(socket: Socket, change: () => Buffer): void {
  socket.once("data", (bytes) => {
    const changed = answer(bytes.subarray(2), change());
    const length = Buffer.alloc(2);
    length.writeUInt16BE(Math.min(0xffff, changed.length + ((change()[2] ?? 0) % 3)));
    socket.end(Buffer.concat([length, changed]));
  });
}

/** A name server whose answers are changed. One that is cut is asked for again over TCP. */
export const DNS_SERVER: ServedTarget = {
  name: "served-dns",
  kind: "served",
  mayThrow: [CheckDeclined, CheckFailure],
  most: 4_096,
  samples: () => [
    Buffer.from([0, 0]),
    Buffer.from([2, 1, 0x83]),
    Buffer.from([2, 2, 0x87, 0x80]),
    Buffer.from([3, 1, 0x83]),
    Buffer.from([7, 1, 2, 0xc0, 12]),
    Buffer.from([40, 4]),
  ],
  tokens: ["\xc0\x0c", "\xc0\xff", "\0\x01\0\x01", "\0\x05\0\x01", "\0\x0c\0\x01", "\x3f", "\x04web1", "\0"],
  start: async () => {
    let input = Buffer.alloc(0);
    let turn = 0;
    const servers = new FakeServers();
    const port = await servers.tcp((socket) => serveTcp(socket, () => input));
    await servers.udp((question) => answer(question, input), port);
    const shared = new SharedValues({ log: () => {} });
    return {
      read: async (bytes) => {
        input = Buffer.from(bytes);
        turn += 1;
        return lookUp({
          query: QUERIES[turn % QUERIES.length] ?? "",
          server: "127.0.0.1",
          conf: CONF,
          port,
          resolver: shared.get(RESOLVER),
          signal: AbortSignal.timeout(PATIENCE_MS),
          onReceived: () => {},
        });
      },
      [Symbol.asyncDispose]: async () => {
        await shared[Symbol.asyncDispose]();
        await servers[Symbol.asyncDispose]();
      },
    };
  },
};
