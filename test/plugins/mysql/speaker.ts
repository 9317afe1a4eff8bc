import type { Socket } from "node:net";
import type { Serve } from "../../support/servers/fake-servers.ts";

/** A packet of MySQL's protocol: its length, its number, its body. */
export function packet(number: number, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body as string, "latin1");
  const head = Buffer.alloc(4);
  head.writeUIntLE(bytes.length, 0, 3);
  head.writeUInt8(number, 3);
  return Buffer.concat([head, bytes]);
}

export interface GreetingFields {
  readonly protocol?: number;
  readonly tls?: boolean;
  readonly method?: string;
  /** The default is MariaDB. */
  readonly isMysql?: boolean;
}

/** The greeting of MariaDB 10.11, but for the capabilities of MariaDB alone. */
export function greeting({
  protocol = 10,
  tls = false,
  method = "mysql_native_password",
  isMysql = false,
}: GreetingFields = {}): Buffer {
  const version = "5.5.5-10.11.19-MariaDB\0";
  const capabilities = `${isMysql ? "\xff" : "\xfe"}${tls ? "\xff" : "\xf7"}`;
  const rest = `\x06\0\0\0abcdefgh\0${capabilities}\x2d\x02\0\xff\x81\x15${"\0".repeat(10)}`;
  return packet(0, `${String.fromCharCode(protocol)}${version}${rest}ijklmnopqrst\0${method}\0`);
}

export function error(number: number, code: number, message: string): Buffer {
  const head = Buffer.alloc(3, 0xff);
  head.writeUInt16LE(code, 1);
  return packet(number, Buffer.concat([head, Buffer.from(message, "latin1")]));
}

export const OK = "\0\0\0\x02\0\0\0";
const END = "\xfe\0\0\x02\0";

/** A result of one column. */
export function result(name: string, rows: readonly string[], more = false): Buffer {
  const counted = (text: string) => String.fromCharCode(text.length) + text;
  const column = ["def", "", "", "", name, ""].map(counted).join("");
  const bodies = [
    ...["\x01", `${column}\x0c\x2d\0\x01\0\0\0\xfd\0\0\0\0\0`, END],
    ...[...rows.map(counted), more ? "\xfe\0\0\x0a\0" : END],
  ];
  return Buffer.concat(bodies.map((body, at) => packet(at + 1, body)));
}

/** The answer to `select 1`. */
export const ONE = result("1", ["1"]);

/** What a client may send: the login, the commands, the end. */
type Heard = "login" | "query" | "statistics" | "ping" | "quit";

const COMMANDS: Readonly<Record<number, Heard>> = { 1: "quit", 3: "query", 9: "statistics", 14: "ping" };

/** What is said to a client, or done with its connection. */
export type Answer = Buffer | ((socket: Socket) => void);

/** A server that greets, accepts the login, and answers what it hears as it is told. */
export function speaker(answers: Partial<Record<Heard, Answer>>, hello: Answer = greeting()): Serve {
  const all = { login: packet(2, OK), query: ONE, statistics: packet(1, "Uptime: 1"), ...answers };
  return (socket) => {
    socket.on("error", () => {});
    let isGreeted = false;
    socket.on("data", (data) => {
      for (const each of packetsOf(data)) {
        const heard = isGreeted ? COMMANDS[each[4] ?? 0] : "login";
        isGreeted = true;
        const answer = heard === undefined ? undefined : all[heard];
        if (answer !== undefined) give(socket, answer);
      }
    });
    give(socket, hello);
  };
}

/** Commands may come together. */
function packetsOf(data: Buffer): readonly Buffer[] {
  const end = 4 + data.readUIntLE(0, 3);
  return end < data.length ? [data.subarray(0, end), ...packetsOf(data.subarray(end))] : [data];
}

function give(socket: Socket, answer: Answer): void {
  if (Buffer.isBuffer(answer)) socket.write(answer);
  else answer(socket);
}
