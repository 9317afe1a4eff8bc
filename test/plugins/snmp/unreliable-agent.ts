import { setTimeout as pause } from "node:timers/promises";
import {
  type AgentAnswer,
  type AgentQuestion,
  encodeAnswer,
  INTEGER,
  SnmpAgent,
} from "../../support/servers/snmp-agent.ts";

/** What a network does to an answer: the datagrams that come at once. */
type Way = (answer: Buffer, about: About) => readonly Buffer[];

interface About {
  readonly question: AgentQuestion;
  /** 1 for the first time that this is asked. */
  readonly time: number;
  /** Sends a datagram after so many milliseconds. */
  readonly later: (datagram: Buffer, afterMs: number) => void;
}

/** The checks wait for so long before they ask again. */
const PATIENCE_MS = 1_000;
const JUNK = Buffer.from([0x30, 0x82, 0xff, 0xff, 0, 1]);

const WAYS: readonly Way[] = [
  (answer) => [answer, answer],
  (answer, { later }) => {
    later(answer, 100);
    return [answer];
  },
  (answer, { later }) => {
    later(answer, 300);
    return [];
  },
  // The answer to the first question comes after it was asked again.
  (answer, { time, later }) => {
    if (time === 1) later(answer, 1.4 * PATIENCE_MS);
    return [];
  },
  (answer, { time }) => (time === 1 ? [] : [answer]),
  (answer, { time }) => (time < 3 ? [] : [answer, answer]),
  () => [],
  (answer, { question }) => [withId(question, 1), answer],
  (answer, { question, later }) => {
    later(answer, 200);
    return [withId(question, 77), withId(question, -1)];
  },
  (_, { question }) => [withId(question, 5)],
  (answer) => [JUNK, answer],
  (answer) => [answer.subarray(0, answer.length - 3), answer],
  (answer) => [answer.subarray(0, answer.length - 3)],
  (answer) => [Buffer.alloc(0), answer],
  (answer, { time, question }) => (time === 1 ? [withId(question, 9)] : [answer]),
];

/** An answer to another question, which has another value. */
function withId(question: AgentQuestion, by: number): Buffer {
  const id = Buffer.alloc(4);
  id.writeInt32BE((question.id.readIntBE(0, question.id.length) + by) & 0x7fffffff);
  return encodeAnswer({ ...question, id }, answerTo(question, 666));
}

const GET_NEXT = 0xa1;

function answerTo({ names, pdu }: AgentQuestion, value = 42): AgentAnswer {
  const content = Buffer.from([value >> 8, value & 0xff]);
  const objects = names.map((name) => ({
    name: pdu === GET_NEXT ? Buffer.concat([name, Buffer.from([1])]) : name,
    tag: INTEGER,
    content,
  }));
  return { objects };
}

/** The part of a name after 1.3.6.1.4.1.99999, which takes eight bytes. */
const WAY_AT = 8;

/** An agent that has every object. The first part of a name below 99999 says what becomes of its answer. */
export class UnreliableAgent implements AsyncDisposable {
  readonly kinds = WAYS.length;
  readonly #agent: SnmpAgent;
  readonly #closing: AbortController;

  private constructor(agent: SnmpAgent, closing: AbortController) {
    this.#agent = agent;
    this.#closing = closing;
  }

  static async start(): Promise<UnreliableAgent> {
    const times = new Map<string, number>();
    const closing = new AbortController();
    const agent: SnmpAgent = await SnmpAgent.start((question) => {
      const asker = { ...agent.asker };
      const [name = Buffer.alloc(0)] = question.names;
      const key = `${asker.port} ${name.toString("hex")}`;
      const time = (times.get(key) ?? 0) + 1;
      times.set(key, time);
      const later = (datagram: Buffer, afterMs: number) =>
        void pause(afterMs, undefined, { signal: closing.signal }).then(
          () => agent.send(datagram, asker),
          () => {},
        );
      const way = WAYS[name[WAY_AT] ?? 0] ?? (() => []);
      return way(encodeAnswer(question, answerTo(question)), { question, time, later });
    });
    return new UnreliableAgent(agent, closing);
  }

  get port(): number {
    return this.#agent.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#agent[Symbol.asyncDispose]();
  }
}
