import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

/** An object as it goes over the wire. */
export interface AgentObject {
  /** The bytes of its name. */
  readonly name: Buffer;
  readonly tag: number;
  readonly content: Buffer;
}

/** A request of SNMPv1 or v2c. `message` is the whole datagram. */
export interface AgentQuestion {
  readonly version: number;
  readonly community: Buffer;
  readonly pdu: number;
  readonly id: Buffer;
  readonly names: readonly Buffer[];
  readonly message: Buffer;
}

export interface AgentAnswer {
  readonly status?: number;
  readonly index?: number;
  readonly objects: readonly AgentObject[];
}

/** An answer is encoded. Buffers are sent as they are, each as a datagram; an empty list sends nothing. */
export type Answering = (question: AgentQuestion) => AgentAnswer | readonly Buffer[];

/** An SNMP agent whose answers a test decides. */
export class SnmpAgent implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #answering: Answering;
  /** The number of questions so far. `asker` is the sender of the last one. */
  questions = 0;
  asker = { port: 0, address: "" };

  private constructor(socket: Socket, answering: Answering) {
    this.#socket = socket;
    this.#answering = answering;
    socket.on("message", (message, from) => this.#answer(message, from));
  }

  /** On a port of its own, at 127.0.0.1 unless said otherwise. */
  static async start(answering: Answering, address = "127.0.0.1", port = 0): Promise<SnmpAgent> {
    const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", recvBufferSize: 1 << 20 });
    socket.bind(port, address);
    await once(socket, "listening");
    return new SnmpAgent(socket, answering);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(message: Buffer, { port, address }: { readonly port: number; readonly address: string }): void {
    this.#socket.send(message, port, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }

  #answer(message: Buffer, { port, address }: RemoteInfo): void {
    this.questions += 1;
    this.asker = { port, address };
    const question = readQuestion(message);
    const answer = this.#answering(question);
    const datagrams = "objects" in answer ? [encodeAnswer(question, answer)] : answer;
    for (const datagram of datagrams) this.#socket.send(datagram, port, address);
  }
}

/** An element of BER. */
export function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}

export const SEQUENCE = 0x30;
export const INTEGER = 0x02;
export const OCTETS = 0x04;
export const OID = 0x06;
export const RESPONSE = 0xa2;

/** Encodes an answer as an agent of SNMPv1 and v2c does. */
export function encodeAnswer(
  { version, community, id }: Pick<AgentQuestion, "version" | "community" | "id">,
  { status = 0, index = 0, objects }: AgentAnswer,
): Buffer {
  const number = (value: number) => element(INTEGER, Buffer.from([value]));
  const list = objects.map(({ name, tag, content }) =>
    element(SEQUENCE, element(OID, name), element(tag, content)),
  );
  const pdu = element(
    RESPONSE,
    element(INTEGER, id),
    number(status),
    number(index),
    element(SEQUENCE, ...list),
  );
  return element(SEQUENCE, number(version), element(OCTETS, community), pdu);
}

function readQuestion(message: Buffer): AgentQuestion {
  const [version, community, pdu] = readElements(readElements(message)[0]?.content);
  const [id, , , list] = readElements(pdu?.content);
  return {
    version: version?.content[0] ?? 0,
    community: community?.content ?? Buffer.alloc(0),
    pdu: pdu?.tag ?? 0,
    id: id?.content ?? Buffer.alloc(0),
    names: readElements(list?.content).map(
      ({ content }) => readElements(content)[0]?.content ?? Buffer.alloc(0),
    ),
    message,
  };
}

function readElements(bytes: Buffer = Buffer.alloc(0)): readonly { tag: number; content: Buffer }[] {
  const elements: { tag: number; content: Buffer }[] = [];
  for (let at = 0; at + 1 < bytes.length; ) {
    const first = bytes[at + 1] ?? 0;
    const count = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + count;
    const length = count === 0 ? first : bytes.readUIntBE(at + 2, count);
    elements.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}
