import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { answerOddly } from "../../../fuzz/odd-servers/name-server.ts";

/** How the odd name server answers: the first label of a name says it. */
type Answer = (question: Question) => Buffer | undefined;

interface Question {
  readonly message: Buffer;
  readonly name: string;
  readonly type: number;
  /** The question as it stands in the message. */
  readonly section: Buffer;
}

const [A, CNAME, TXT, AAAA] = [1, 5, 16, 28];
const AUTHORITATIVE = 0x8580;

function header({ message }: Question, flags: number, answers: number): Buffer {
  const bytes = Buffer.alloc(12);
  message.copy(bytes, 0, 0, 2);
  bytes.writeUInt16BE(flags, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt16BE(answers, 6);
  return bytes;
}

function reply(question: Question, records: readonly Buffer[], flags = AUTHORITATIVE): Buffer {
  return Buffer.concat([header(question, flags, records.length), question.section, ...records]);
}

/** The owner is the question's name, unless it is given. */
function record(type: number, data: Buffer, owner: Buffer = Buffer.of(0xc0, 12)): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(type, 0);
  fields.writeUInt16BE(1, 2);
  fields.writeUInt16BE(60, 6);
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fields, data]);
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").flatMap((label) => [Buffer.of(label.length), Buffer.from(label, "latin1")]);
  return Buffer.concat([...labels, Buffer.of(0)]);
}

const address = (last: number) => record(A, Buffer.of(192, 0, 2, last));
const address6 = (text: string) => record(AAAA, Buffer.from(text, "hex"));
const SIX = "20010db8000000000000000000000007";
const withCode =
  (code: number): Answer =>
  (question) =>
    reply(question, [], AUTHORITATIVE | code);
const onlyA =
  (records: readonly Buffer[], flags?: number): Answer =>
  (question) =>
    reply(question, question.type === A ? records : [], flags);
const both =
  (six: string): Answer =>
  (question) =>
    reply(question, question.type === A ? [address(1)] : [address6(six)]);

export const ODD_ANSWERS: Readonly<Record<string, Answer>> = {
  usual: onlyA([address(7), address(30), address(4)]),
  unasked: onlyA([address(7)], 0x8180),
  norecursion: onlyA([address(7)], 0x8400),
  many: onlyA(Array.from({ length: 29 }, (_, at) => address(at + 1))),
  six: both(SIX),
  zeros: both("20010000000000010000000000000001"),
  full: both("20010db8123456789abcdef000010002"),
  twice: both("20010db8000000010001000000000001"),
  single: both("20010db8000000010001000200030004"),
  ending: both("fe800000000000000000000000000000"),
  mapped: both("00000000000000000000ffffc0000201"),
  loopback: both("00000000000000000000000000000001"),
  servfail: withCode(2),
  notthere: withCode(3),
  notimplemented: withCode(4),
  refused: withCode(5),
  formerror: withCode(1),
  nodata: onlyA([]),
  onlysix: (question) => reply(question, question.type === A ? [] : [address6(SIX)]),
  sixfails: (question) =>
    reply(question, question.type === A ? [address(1)] : [], question.type === A ? AUTHORITATIVE : 0x8582),
  sixmissing: (question) =>
    reply(question, question.type === A ? [address(1)] : [], question.type === A ? AUTHORITATIVE : 0x8583),
  sixrefused: (question) =>
    reply(question, question.type === A ? [address(1)] : [], question.type === A ? AUTHORITATIVE : 0x8585),
  chain: onlyA([
    record(CNAME, encodeName("usual.odd.test")),
    record(A, Buffer.of(192, 0, 2, 8), encodeName("usual.odd.test")),
  ]),
  dangling: onlyA([record(CNAME, encodeName("nodata.odd.test"))]),
  loops: onlyA([record(CNAME, encodeName("loops.odd.test"))]),
  strange: onlyA([record(CNAME, encodeName("a b\\c.odd.test")), address(1)]),
  shouting: onlyA([record(CNAME, encodeName("NXDOMAIN.odd.test")), address(1)]),
  text: onlyA([record(TXT, Buffer.from("\x05hello")), address(1)]),
  cut: (question) => reply(question, [], AUTHORITATIVE | 0x0200),
  silent: () => undefined,
  empty: () => Buffer.alloc(0),
  short: ({ message }) => message.subarray(0, 9),
  stranger: (question) => {
    const other = reply(question, [address(1)]);
    other.writeUInt16BE(other.readUInt16BE(0) ^ 1, 0);
    return other;
  },
  question: ({ message }) => message,
  trailing: (question) => Buffer.concat([reply(question, [address(1)]), Buffer.from("more")]),
  lying: (question) => Buffer.concat([header(question, AUTHORITATIVE, 3), question.section, address(1)]),
  long: onlyA([record(A, Buffer.of(1, 2, 3, 4, 5))]),
};

/** The answers to `made-17.odd.test` are made of the number. */
function madeUp(label: string): Answer | undefined {
  const [, number] = /^made-([0-9]+)$/.exec(label) ?? [];
  return number === undefined ? undefined : (question) => answerOddly(Number(number), question);
}

/** Listens at port 53 of an address of this machine. */
export async function listenOddly(host: string): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (message, { port, address: from }) => {
    const question = readQuestion(message);
    const [first = ""] = question.name.toLowerCase().split(".");
    const said = (ODD_ANSWERS[first] ?? madeUp(first) ?? withCode(3))(question);
    if (said !== undefined) socket.send(said, port, from);
  });
  socket.bind(53, host);
  await once(socket, "listening");
  return socket;
}

function readQuestion(message: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const section = message.subarray(12, at + 5);
  return { message, name: labels.join("."), type: message.readUInt16BE(at + 1), section };
}
