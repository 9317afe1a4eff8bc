import { connect, type Socket } from "node:net";
import { checkMssql } from "../../../plugins/mssql/check_mssql.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { INSTANCES } from "../../../test/plugins/mssql/instances.ts";
import { FakeServers } from "../../../test/support/servers/fake-servers.ts";
import { answerAs } from "../../../test/support/tds/sql-server.ts";
import { TdsServer } from "../../../test/support/tds/tds-server.ts";
import type { ServedTarget } from "../../engine/target.ts";

/** Bytes of a TDS packet's head, and where its length stands. */
const HEAD = 8;
const LENGTH_AT = 2;

interface Change {
  /** The answer that is changed: to the prelogin, to the login, to a query. */
  readonly answer: number;
  readonly at: number;
  readonly removed: number;
  readonly added: Buffer;
  /** The length in the head is that of the changed packet. */
  readonly isMended: boolean;
}

function readChange(input: Buffer): Change {
  const [answer = 0, high = 0, low = 0, removed = 0] = input;
  const isMended = (answer & 0x80) === 0;
  return { answer: answer % 4, at: high * 256 + low, removed, added: input.subarray(4), isMended };
}

function apply(packet: Buffer, { at, removed, added, isMended }: Change): Buffer {
  const from = isMended ? HEAD + (at % Math.max(1, packet.length - HEAD)) : at % packet.length;
  const changed = Buffer.concat([packet.subarray(0, from), added, packet.subarray(from + removed)]);
  if (isMended && changed.length >= HEAD && changed.length < 65_536)
    changed.writeUInt16BE(changed.length, LENGTH_AT);
  return changed;
}

/** Passes on what both say, and changes one answer of the server; then the connection ends. */
function passOn(client: Socket, port: number, change: Change): void {
  const server = connect(port, "127.0.0.1").on("error", () => client.destroy());
  let answers = 0;
  client.on("data", (bytes) => server.write(bytes)).on("close", () => server.destroy());
  server.on("data", (bytes: Buffer) => {
    answers += 1;
    if (answers <= change.answer) client.write(bytes);
    else client.end(apply(bytes, change));
  });
  server.on("close", () => client.end());
}

const change = (answer: number, at: number, removed: number, added: string) =>
  Buffer.concat([Buffer.from([answer, at >> 8, at & 0xff, removed]), Buffer.from(added, "latin1")]);

/** SQL Server, with a change in one of its answers. */
export const MSSQL_SERVER: ServedTarget = {
  name: "served-mssql",
  kind: "served",
  mayThrow: [CheckDeclined],
  most: 4_096,
  samples: () =>
    [0, 1, 2, 3, 0x82].flatMap((answer) => [
      change(answer, 0, 0, ""),
      change(answer, 10, 2, "\xff\xff"),
      change(answer, 30, 0, "\xaa\x10\0"),
    ]),
  tokens: [
    "\xfd\0\0",
    "\xaa",
    "\xab",
    "\xad",
    "\x81\x01\0",
    "\xd1",
    "\xe3",
    "\xff\xff",
    "\0\0\0\x38",
    "\xe7\xff\xff",
    "\xed",
    "\x22",
    "\xf0",
    "\x24",
  ],
  start: async () => {
    const server = await TdsServer.start({
      users: { mon: "x" },
      answer: answerAs(INSTANCES["usual"] ?? { version: "", service: "" }),
    });
    const servers = new FakeServers();
    let input = Buffer.alloc(0);
    const port = await servers.tcp((socket) => passOn(socket, server.port, readChange(input)));
    const shared = new SharedValues({ log: () => {} });
    const words = `-H 127.0.0.1 -P ${port} -u mon -p x --encrypt=no -t 2 -q`.split(" ");
    return {
      read: async (bytes) => {
        input = Buffer.from(bytes);
        const { returnCode, output } = await runCheck(checkMssql, [...words, "select 42"], { shared });
        return { returnCode, said: output.replace(/[0-9]+/g, "#") };
      },
      [Symbol.asyncDispose]: async () => {
        await shared[Symbol.asyncDispose]();
        await servers[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  },
};
