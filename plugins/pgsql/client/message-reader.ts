import { CheckDeclined } from "../../../sdk/index.ts";
import { PacketCutter } from "../../transport/databases/packet-cutter.ts";
import type { Framer } from "../../transport/databases/server-stream.ts";
import type { ServerMessage } from "../libpq/server-error.ts";
import { LoginOrder, requireUsualSize } from "./login-order.ts";
import {
  type Body,
  findFirst,
  IDLE,
  LETTER,
  type QueryResult,
  readColumns,
  readMessage,
  readParameter,
  readText,
  requireCopy,
  requireNotification,
  unknown,
} from "./messages.ts";

/** Who is told what the server says. */
export interface MessageListener {
  /** A query was answered, and the server takes the next one. */
  readonly answered: (result: QueryResult) => void;
  /** The server wants the data of a copy, or sends it. */
  readonly copies: () => void;
}

/** Bytes of a message's letter and its length. The length counts itself. */
const HEADER = 5;
const LENGTH = 4;
const NOTHING = Buffer.alloc(0);
const NONE: QueryResult = { kind: "none" };

/**
 * Cuts what a server sends into messages. While the driver logs in, it gets them when they are whole, and
 * what is read here are errors, notices and parameters: the driver's parser would never end with an error
 * whose list of fields has no end. After the login the answers to queries are read here, and the driver gets
 * nothing any more. It keeps no row but the first, and of several results only the last.
 */
export class MessageReader implements Framer {
  /** The error that ends the login. */
  refusal: ServerMessage | undefined;
  /** Whether the server is in a transaction since its last answer. */
  isInTransaction = false;
  readonly #listener: MessageListener;
  readonly #cutter: PacketCutter;
  readonly #order = new LoginOrder();
  #notices: ServerMessage[] = [];
  #encoding: string | undefined;
  #hasBegun = false;
  #isLoggedIn = false;
  /** libpq reads nothing any more. */
  #isOver = false;
  /** Bytes of the messages that were taken of the present piece. */
  #taken = 0;
  /** Queries that were sent and are not answered. */
  #asked = 0;
  #result: QueryResult = NONE;
  #hasFailed = false;
  /** Whether there is a result, which is of the query that is not yet answered. */
  #hasResult = false;
  /** Of the rows that come now. */
  #columns: number | undefined;
  #rows = 0;
  #first: string | undefined;

  constructor(maxBytes: number, listener: MessageListener) {
    this.#listener = listener;
    this.#cutter = new PacketCutter({
      header: HEADER,
      sizeAt: (data, at) => {
        const letter = data[at] ?? 0;
        if (this.refusal !== undefined) {
          if (!this.#isOver) this.#order.requireIgnored(letter, data.readUInt32BE(at + 1));
          this.#isOver = true;
          return data.length - at;
        }
        const size = sizeAt(data, at, maxBytes);
        if (!this.#isLoggedIn) this.#order.requireSize(letter, size - 1);
        else requireUsualSize(letter, size - 1);
        return size;
      },
      // What is behind a refusal is no message, and nothing for the driver.
      take: (data, start, end) => {
        if (this.refusal !== undefined) return;
        this.#taken += end - start + HEADER;
        this.#read(data[start - HEADER] ?? 0, { data, start, end });
      },
    });
  }

  /** Says that the login is over. */
  endLogin(): void {
    this.#isLoggedIn = true;
  }

  /** Says that so many queries are sent. */
  expect(queries: number): void {
    this.#asked += queries;
  }

  /** What the query that is not yet answered has come to so far. */
  get result(): QueryResult {
    return this.#result;
  }

  /** Whether there are notices that were not taken. */
  get hasNotices(): boolean {
    return this.#notices.length > 0;
  }

  /** Gives the notices since they were taken last. */
  takeNotices(): readonly ServerMessage[] {
    const taken = this.#notices;
    if (taken.length > 0) this.#notices = [];
    return taken;
  }

  /** Is told what the driver sends. */
  send(data: Buffer): Buffer {
    this.#order.answer();
    return data;
  }

  /** Takes a piece, and gives what is for the driver: messages that are whole now. */
  push(piece: Buffer): Buffer {
    if (!this.#hasBegun && piece.length > 0) this.#order.requireLetter(piece[0] ?? 0);
    this.#hasBegun = true;
    this.#taken = 0;
    const whole = this.#cutter.push(piece);
    return this.#isLoggedIn ? NOTHING : whole.subarray(0, this.#taken);
  }

  /** Messages that a server may send at any time, and those of answers. */
  #read(letter: number, body: Body): void {
    if (!this.#isLoggedIn) this.#order.require(letter, body);
    switch (letter) {
      case LETTER.notice:
        this.#notices.push(readMessage(body, this.#encoding));
        return;
      case LETTER.parameter:
        this.#readParameter(body);
        return;
      case LETTER.notification:
        requireNotification(body);
        return;
    }
    if (this.#isLoggedIn) this.#readAnswer(letter, body);
    else if (letter === LETTER.error) this.refusal = readMessage(body, this.#encoding);
  }

  #readParameter(body: Body): void {
    const [name, value] = readParameter(body);
    if (name === "server_encoding") this.#encoding = value;
  }

  #readAnswer(letter: number, body: Body): void {
    if (letter === LETTER.ready) {
      this.#readReady(body);
      return;
    }
    // libpq has its own words for what nothing has asked for, and for what follows an error.
    if (this.#asked === 0 || this.#hasFailed) throw unknown();
    switch (letter) {
      case LETTER.columns:
        this.#begin(readColumns(body));
        return;
      case LETTER.row:
        this.#readRow(body);
        return;
      case LETTER.complete:
        this.#complete(body);
        return;
      case LETTER.empty:
        if (body.end !== body.start) throw unknown();
        this.#begin(undefined);
        this.#keep(NONE);
        return;
      case LETTER.error:
        this.#hasFailed = true;
        this.#keep({ kind: "error", error: readMessage(body, this.#encoding) });
        return;
      case LETTER.copyIn:
      case LETTER.copyOut:
        requireCopy(body);
        this.#begin(undefined);
        this.#keep(NONE);
        this.#listener.copies();
        return;
      default:
        throw unknown();
    }
  }

  /** Another result begins: with rows of so many columns, or without rows. */
  #begin(columns: number | undefined): void {
    if (this.#columns !== undefined) throw unknown();
    this.#columns = columns;
    this.#rows = 0;
    this.#first = undefined;
  }

  #readRow(body: Body): void {
    if (this.#columns === undefined) throw unknown();
    const first = findFirst(body, this.#columns);
    if (this.#rows === 0) this.#first = first && readText(first, this.#encoding);
    this.#rows += 1;
  }

  #complete({ data, start, end }: Body): void {
    if (end === start || data.indexOf(0, start) !== end - 1) throw unknown();
    const [columns, rows, first] = [this.#columns, this.#rows, this.#first];
    this.#keep(columns === undefined ? NONE : { kind: "rows", rows, columns, first });
  }

  /** Of several results the last one counts. */
  #keep(result: QueryResult): void {
    this.#result = result;
    this.#hasResult = true;
    this.#columns = undefined;
  }

  #readReady({ data, start, end }: Body): void {
    if (end !== start + 1 || !STATES.includes(data[start] ?? 0)) throw unknown();
    this.isInTransaction = data[start] !== IDLE;
    if (this.#asked === 0 || !this.#hasResult || this.#columns !== undefined) throw unknown();
    this.#asked -= 1;
    const result = this.#result;
    this.#result = NONE;
    this.#hasResult = false;
    this.#hasFailed = false;
    this.#listener.answered(result);
  }
}

/** The states of a session: idle, in a transaction, in one that has failed. */
const STATES = ["I", "T", "E"].map((name) => name.charCodeAt(0));

function sizeAt(data: Buffer, at: number, maxBytes: number): number {
  const length = data.readUInt32BE(at + 1);
  if (length < LENGTH) throw unknown();
  if (length >= maxBytes) throw new CheckDeclined("an answer that is too large");
  return length + 1;
}
