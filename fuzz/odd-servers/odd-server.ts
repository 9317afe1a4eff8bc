import { mutate } from "../engine/mutate.ts";
import { Random } from "../engine/random.ts";
import type { Dialogue, Message, Protocol } from "./protocol.ts";

/** A server that says what no server says, or not in this order. It is the same for the same number. */
export interface OddServer {
  readonly dialogue: Dialogue;
  readonly turns: readonly Buffer[];
  /** Whether it hangs up when it has said everything. */
  readonly closes: boolean;
}

/** What a server says is changed here, in place. */
interface Draft {
  readonly random: Random;
  readonly protocol: Protocol;
  readonly turns: Buffer[][];
}

type Change = (draft: Draft, turn: Buffer[]) => void;

const MOST_CHANGES = 3;
/** What is longer may come in pieces, and a plugin that reads once has an answer for each. */
const MOST_BYTES = 16_384;
const LONG = [63, 255, 600, 1_024, 2_048, 5_000, 9_000];

/** Makes the server with this number. One of twenty says what real ones say. */
export function createOddServer(protocol: Protocol, seed: number, number: number): OddServer {
  const random = new Random((BigInt(seed) << 32n) | BigInt(number), `odd ${protocol.name}`);
  const dialogue = random.pick(protocol.dialogues);
  const turns = dialogue.turns.map((turn) => turn.map((message) => make(message, random)));
  const draft = { random, protocol, turns };
  const changes = random.once(20) ? 0 : 1 + random.below(MOST_CHANGES);
  for (let left = changes; left > 0; left -= 1) random.pick(CHANGES)(draft, random.pick(turns));
  const numbered = turns.map((turn, at) => numberTurn(draft, turn, at));
  const bytes = numbered.map((turn) => Buffer.concat(turn).subarray(0, MOST_BYTES));
  return { dialogue, turns: bytes, closes: !random.once(4) };
}

function numberTurn({ random, protocol }: Draft, turn: readonly Buffer[], at: number): readonly Buffer[] {
  return protocol.number === undefined || random.once(4) ? turn : protocol.number(turn, at);
}

function make(message: Message, random: Random): Buffer {
  return Buffer.isBuffer(message) ? message : message(random);
}

const CHANGES: readonly Change[] = [
  drop,
  repeat,
  swap,
  move,
  insertOther,
  insertOther,
  replaceByOther,
  replaceByOther,
  changeBytes,
  changeBytes,
  changeBytes,
  lengthen,
  cutEnd,
];

function drop({ random }: Draft, turn: Buffer[]): void {
  if (turn.length > 0) turn.splice(random.below(turn.length), 1);
}

function repeat({ random }: Draft, turn: Buffer[]): void {
  const at = random.below(turn.length);
  const again = turn.slice(at, at + 1 + random.below(2));
  for (let times = 1 + random.below(3); times > 0; times -= 1) turn.splice(at, 0, ...again);
}

function swap({ random }: Draft, turn: Buffer[]): void {
  const at = random.below(turn.length);
  turn.splice(at, 2, ...turn.slice(at, at + 2).reverse());
}

/** A message comes in another turn. */
function move({ random, turns }: Draft, turn: Buffer[]): void {
  const moved = turn.length === 0 ? [] : turn.splice(random.below(turn.length), 1);
  const to = random.pick(turns);
  to.splice(random.below(to.length + 1), 0, ...moved);
}

function insertOther(draft: Draft, turn: Buffer[]): void {
  turn.splice(draft.random.below(turn.length + 1), 0, otherOf(draft));
}

function replaceByOther(draft: Draft, turn: Buffer[]): void {
  turn.splice(draft.random.below(turn.length + 1), 1, otherOf(draft));
}

function otherOf({ random, protocol, turns }: Draft): Buffer {
  const own = random.pick(turns);
  if (random.once(4) && own.length > 0) return random.pick(own);
  return make(random.pick(protocol.others), random);
}

/** Other bytes in a message. Where the protocol has lengths, they are right again in two of three. */
function changeBytes(draft: Draft, turn: Buffer[]): void {
  const { random, protocol } = draft;
  const tokens = protocol.tokens.map((token) => Buffer.from(token, "latin1"));
  alter(draft, turn, (message) => mutate({ random, samples: [message], tokens, most: MOST_BYTES }));
}

/** A run of one byte within a message. */
function lengthen(draft: Draft, turn: Buffer[]): void {
  const { random } = draft;
  alter(draft, turn, (message) => {
    const at = random.below(message.length + 1);
    const run = Buffer.alloc(random.pick(LONG), random.pick(["x", "0", " ", "\n", "\xff", "9"]), "latin1");
    return Buffer.concat([message.subarray(0, at), run, message.subarray(at)]);
  });
}

function alter({ random, protocol }: Draft, turn: Buffer[], change: (message: Buffer) => Buffer): void {
  const at = random.below(turn.length);
  const message = turn[at];
  if (message === undefined) return;
  const changed = change(message);
  turn[at] = random.once(3) ? changed : (protocol.mend?.(changed) ?? changed);
}

/** The turn ends within a message. */
function cutEnd({ random }: Draft, turn: Buffer[]): void {
  const last = turn.pop();
  if (last !== undefined) turn.push(last.subarray(0, random.below(last.length + 1)));
}
