import { connect, type Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { checkNscWeb } from "../../../plugins/nsclient/check_nsc_web.ts";
import { checkSimap } from "../../../plugins/tcp/check_tcp.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { createCertificate, inDays } from "../../../test/support/servers/certificates.ts";
import { FakeServers } from "../../../test/support/servers/fake-servers.ts";
import { nrpePacket, nrpeStandIn } from "../../../test/support/servers/nrpe-stand-in.ts";
import type { ServedTarget } from "../../engine/target.ts";
import { latin1 } from "../samples.ts";
import { hostileServer, sendAndClose } from "./hostile.ts";

const AT = "-H 127.0.0.1 -t 2 -p";
const PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const HTTP = ["HTTP/1.1 200 OK", "\r\n", "\r\n\r\n", "Content-Length: ", "Transfer-Encoding: chunked", "\0"];
const NSC = '{"header":{"source_id":""},"payload":[{"command":"c","lines":[{"message":"m"}],"result":"OK"}]}';

function options(): TlsOptions {
  return createCertificate({ notAfter: inDays(1) });
}

/** What a server says once the connection is encrypted. */
const INSIDE: readonly ServedTarget[] = [
  hostileServer({
    name: "served-https",
    tls: options,
    samples: () =>
      latin1(PAGE, `HTTP/1.1 200 OK\r\nContent-Length: ${NSC.length}\r\n\r\n${NSC}`, "* OK IMAP\r\n"),
    tokens: [...HTTP, '"', "{", "}", "* OK"],
    checks: [
      { check: checkHttp, words: (port) => `${AT} ${port} -S -s hello` },
      { check: checkNscWeb, words: (port) => `-t 2 -k -p x -u https://127.0.0.1:${port} check_load` },
      { check: checkSimap, words: (port) => `${AT} ${port}` },
    ],
  }),
  hostileServer({
    name: "served-nrpe-tls",
    tls: options,
    samples: () => [2, 3, 4].map((version) => nrpePacket({ version, text: "OK - all is well|a=1" })),
    tokens: ["\0\x02\0\x02", "\0\x04\0\x02", "\0", "\x7f\xff\xff\xff", "\0\x01\0\0"],
    serve: (socket, bytes) => nrpeStandIn((asked) => sendAndClose(asked, bytes))(socket),
    checks: [
      { check: checkNrpe, words: (port) => `${AT} ${port} -u -c check_load` },
      { check: checkNrpe, words: (port) => `${AT} ${port} -2 -c check_load` },
    ],
  }),
];

/** Bytes of a record's head, and where its length stands. */
const HEAD = 5;
const LENGTH_AT = 3;

interface Change {
  /** What the server sends is changed at this turn: its hello, the end of its handshake, its answer. */
  readonly turn: number;
  readonly at: number;
  readonly removed: number;
  readonly added: Buffer;
  /** The length in the head of the record is that of the changed one. */
  readonly isMended: boolean;
}

function readChange(input: Buffer): Change {
  const [turn = 0, high = 0, low = 0, removed = 0] = input;
  const isMended = (turn & 0x80) === 0;
  return { turn: turn % 4, at: high * 256 + low, removed, added: input.subarray(4), isMended };
}

function apply(records: Buffer, { at, removed, added, isMended }: Change): Buffer {
  const from = at % records.length;
  const changed = Buffer.concat([records.subarray(0, from), added, records.subarray(from + removed)]);
  const start = startOfRecord(records, from);
  const length = isMended ? mendedLength(records, { start, removed, added: added.length }) : undefined;
  if (length !== undefined && from >= start + HEAD) changed.writeUInt16BE(length, start + LENGTH_AT);
  return changed;
}

function startOfRecord(records: Buffer, place: number): number {
  for (let start = 0; ; ) {
    if (start + HEAD > records.length) return start;
    const next = start + HEAD + records.readUInt16BE(start + LENGTH_AT);
    if (next > place) return start;
    start = next;
  }
}

function mendedLength(
  records: Buffer,
  { start, removed, added }: { readonly start: number; readonly removed: number; readonly added: number },
): number | undefined {
  if (start + HEAD > records.length) return undefined;
  const length = records.readUInt16BE(start + LENGTH_AT) - removed + added;
  return length >= 0 && length <= 0xffff ? length : undefined;
}

/** Passes on what both say, and changes what the server says at one turn; then the connection ends. */
function passOn(client: Socket, port: number, change: Change): void {
  const server = connect(port, "127.0.0.1").on("error", () => client.destroy());
  let turns = 0;
  client.on("data", (bytes) => server.write(bytes)).on("close", () => server.destroy());
  server.on("data", (bytes: Buffer) => {
    turns += 1;
    if (turns <= change.turn) client.write(bytes);
    else client.end(apply(bytes, change));
  });
  server.on("close", () => client.end());
}

const change = (turn: number, at: number, removed: number, added: string) =>
  Buffer.concat([Buffer.from([turn, at >> 8, at & 0xff, removed]), Buffer.from(added, "latin1")]);

const CHECKS = [
  { check: checkHttp, words: (port: number) => `${AT} ${port} -S` },
  { check: checkHttp, words: (port: number) => `${AT} ${port} -S -C 1` },
  { check: checkSimap, words: (port: number) => `${AT} ${port} -D 1` },
  { check: checkNrpe, words: (port: number) => `${AT} ${port} -u -c check_load` },
];

/** A server of TLS, with a change in its records. */
const RECORDS: ServedTarget = {
  name: "served-tls-records",
  kind: "served",
  mayThrow: [CheckDeclined],
  most: 4_096,
  samples: () => [
    ...[0, 1, 2, 0x80].flatMap((turn) => [
      change(turn, 0, 0, ""),
      change(turn, 10, 2, "\xff\xff"),
      change(turn, 60, 0, "\x16\x03\x03\0\x01"),
    ]),
    change(0x80, 0, 255, "\x15\x03\x03\0\x02\x02\x28"),
    change(0x80, 0, 5, "HTTP/1.1 400 Bad Request\r\n\r\n"),
  ],
  tokens: [
    "\x15\x03\x03\0\x02\x01\0",
    "\x16\x03\x03\x40\0",
    "\x17\x03\x03\0\0",
    "\x14\x03\x03\0\x01\x01",
    "\x03\x04",
    "\x13\x02",
    "\0\x2b\0\x02",
    "\0\x33",
    "\x30\x82\xff\xff",
    "\xff",
  ],
  start: async () => {
    let input = Buffer.alloc(0);
    let turn = 0;
    const servers = new FakeServers();
    const real = await servers.tls(options(), (socket) => sendAndClose(socket, Buffer.from(PAGE)));
    const port = await servers.tcp((socket) => passOn(socket, real, readChange(input)));
    const shared = new SharedValues({ log: () => {} });
    return {
      read: async (bytes) => {
        input = Buffer.from(bytes);
        const at = CHECKS[turn % CHECKS.length];
        turn += 1;
        if (at === undefined) return undefined;
        const { returnCode, output } = await runCheck(at.check, at.words(port), { shared });
        return { returnCode, said: output.replace(/[0-9A-F]+/g, "#") };
      },
      [Symbol.asyncDispose]: async () => {
        await shared[Symbol.asyncDispose]();
        await servers[Symbol.asyncDispose]();
      },
    };
  },
};

/** Servers that encrypt. */
export const TLS_SERVERS: readonly ServedTarget[] = [...INSIDE, RECORDS];
