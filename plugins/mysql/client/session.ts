import { hash } from "node:crypto";
import type { Socket } from "node:net";
import type { ConnectionOptions } from "mysql2";
import { CheckDeclined } from "../../../sdk/index.ts";
import { ServerGone, ServerStream } from "../../transport/databases/server-stream.ts";
import { type Failure, GONE_AWAY, LOST } from "../libmariadb/failure.ts";
import type { Target } from "../libmariadb/target.ts";
import {
  encodeCommands,
  PING,
  QUERY,
  QUIT,
  readStatistics,
  STATISTICS,
  type Statistics,
} from "./commands.ts";
import { whyNotLoggedIn } from "./login-answer.ts";
import { PacketFramer } from "./packet-framer.ts";
import { isWholeOk, type QueryResult, ResultReader } from "./result.ts";

type Driver = Pick<typeof import("mysql2"), "createConnection">;

/** Loads the driver for the first connection, or earlier. This file is the only one that imports it. */
export async function loadDriver(): Promise<Driver> {
  return (await import("mysql2")).default;
}

/** A connection whose server has sent its greeting. */
export interface GreetedSocket {
  readonly socket: Socket;
  /** The greeting, with its header. */
  readonly greeting: Buffer;
  /** Whether TLS was begun after the greeting. */
  readonly isSecure: boolean;
  /** MariaDB takes a command before it has answered the one before. Some proxies of MySQL do not. */
  readonly isMariadb: boolean;
}

const ERROR = 0xff;

/** What is asked with a command, and what is made of the answer. */
interface Question<Value> {
  /** Takes each packet of the answer, and says whether it was the last. */
  readonly receive: (data: Buffer, start: number, end: number) => boolean;
  /** What came of it. The failure is what libmariadb says where there is no whole answer. */
  readonly conclude: (failure: Failure | undefined) => Value;
}

/** A command whose answer is waited for. */
interface Asked extends Pick<Question<unknown>, "receive"> {
  readonly finish: (failure: Failure | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** A query that was sent before it was asked for. */
interface Ahead {
  readonly text: string;
  readonly most: number;
  readonly result: Promise<QueryResult>;
}

/** A login at a server. One command at a time. The driver makes the login, what follows is read here. */
export class Session implements Disposable {
  readonly #stream: ServerStream;
  readonly #framer: PacketFramer;
  /** Commands in the order in which their answers come. */
  readonly #asked: Asked[] = [];
  readonly #isMariadb: boolean;
  #isOpen = true;
  #isGreeted = false;
  #isLoggedIn = false;
  #endedBy: { readonly reason: unknown } | undefined;
  /** A command has found that the connection has ended. */
  #isLost = false;
  /** The last result has no others behind it. */
  #isAtEnd = true;
  #ahead: Ahead | undefined;
  isInTransaction = false;

  private constructor({ socket, isSecure, isMariadb }: GreetedSocket) {
    this.#isMariadb = isMariadb;
    this.#framer = new PacketFramer((data, start, end) => this.#take(data, start, end), isSecure ? 1 : 0);
    this.#stream = new ServerStream(socket, {
      framer: this.#framer,
      library: "libmariadb",
      onEnd: (reason) => this.#end(reason),
    });
  }

  /**
   * Logs in over a connected socket, which the session owns then. Rejects with a LoginRefused, a ServerGone
   * or a CheckDeclined.
   */
  static async open(greeted: GreetedSocket, target: Target): Promise<Session> {
    const { createConnection } = await loadDriver();
    const session = new Session(greeted);
    const stream = session.#stream;
    const connection = createConnection(optionsOf(target, stream, greeted.isSecure));
    connection.on("error", (cause) => stream.end(new CheckDeclined("the driver", { cause })));
    const { promise, resolve } = Promise.withResolvers<void>();
    connection.once("connect", () => resolve());
    stream.receive(greeted.greeting);
    greeted.socket.resume();
    try {
      await Promise.race([promise, stream.ended]);
      session.#isLoggedIn = true;
      session.#framer.endLogin();
      return session;
    } catch (error) {
      session[Symbol.dispose]();
      throw error;
    }
  }

  /** Whether another command may be sent. */
  get isOpen(): boolean {
    return this.#isOpen && this.#isAtEnd;
  }

  /** Asks for the line of `mysql_stat`. */
  statistics(): Promise<Statistics> {
    let statistics: Statistics | undefined;
    return this.#ask(encodeCommands([STATISTICS, ""]), {
      receive: (data, start, end) => {
        statistics = readStatistics(data.subarray(start, end));
        return true;
      },
      conclude: (failure = LOST) => statistics ?? { kind: "failed", failure },
    });
  }

  /**
   * Sends a query, unless `answers` has sent it. It is never sent a second time.
   *
   * @param text a byte string
   * @param most so many rows are kept
   */
  query(text: string, most: number): Promise<QueryResult> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead?.text === text && ahead.most === most) return ahead.result;
    if (!this.#isAtEnd) return Promise.reject(new CheckDeclined("a query before the results of another"));
    return this.#ask(encodeCommands([QUERY, text]), this.#questionFor(most));
  }

  /** Sends a ping, and with it the query that `query` will ask for, if the server is known to take both. */
  answers(ahead?: string): Promise<boolean> {
    let isWell = false;
    const ping: Question<boolean> = {
      receive: (data, start) => {
        isWell = data[start] !== ERROR;
        return true;
      },
      conclude: (failure) => isWell && failure === undefined,
    };
    if (ahead === undefined || !this.#isMariadb || this.#isLost) return this.#ask(PINGED, ping);
    const pinged = this.#ask(encodeCommands([PING, ""], [QUERY, ahead]), ping);
    this.#ahead = { text: ahead, most: 1, result: this.#await(this.#questionFor(1)) };
    return pinged;
  }

  [Symbol.dispose](): void {
    this.#stream.end(new ServerGone("broken"));
  }

  /** Says goodbye, so that the server does not count an aborted client. */
  close(): void {
    if (this.#isOpen) this.#stream.finish(encodeCommands([QUIT, ""]));
  }

  #questionFor(most: number): Question<QueryResult> {
    const reader = new ResultReader(most);
    return {
      receive: (data, start, end) => reader.push(data, start, end),
      conclude: (failure = LOST) => {
        this.isInTransaction = reader.isInTransaction;
        if (reader.hasMore) this.#isAtEnd = false;
        return reader.result ?? reader.fail(failure);
      },
    };
  }

  /** Sends a command. */
  #ask<Value>(packet: Buffer, question: Question<Value>): Promise<Value> {
    if (this.#isLost) return Promise.resolve(question.conclude(GONE_AWAY));
    this.#stream.ask(packet);
    return this.#await(question);
  }

  #await<Value>({ receive, conclude }: Question<Value>): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    const asked: Asked = {
      receive,
      finish: (failure) => resolve(conclude(failure)),
      reject: (reason) => {
        // What was sent ahead may never be asked for.
        promise.catch(() => {});
        reject(reason);
      },
    };
    if (this.#endedBy === undefined) this.#asked.push(asked);
    else this.#giveUp(asked, this.#endedBy.reason);
    return promise;
  }

  #take(data: Buffer, start: number, end: number): void {
    if (!this.#isLoggedIn) {
      this.#watchLogin(data.subarray(start, end));
      return;
    }
    const [asked] = this.#asked;
    // libmariadb takes it for the answer to its next command. Real servers tell an end of the session so.
    if (asked === undefined) throw new CheckDeclined("a packet that nothing has asked for");
    if (!asked.receive(data, start, end)) return;
    this.#asked.shift();
    asked.finish(undefined);
  }

  #end(reason: unknown): void {
    this.#isOpen = false;
    this.#endedBy = { reason };
    for (const asked of this.#asked.splice(0)) this.#giveUp(asked, reason);
  }

  #giveUp(asked: Asked, reason: unknown): void {
    if (!(reason instanceof ServerGone)) {
      asked.reject(reason);
    } else if (reason.how === "broken") {
      asked.reject(new CheckDeclined("a connection that broke", { cause: reason }));
    } else {
      this.#isLost = true;
      asked.finish(LOST);
    }
  }

  /** Looks at what the server says to the login before the driver does. The greeting is the first packet. */
  #watchLogin(packet: Buffer): void {
    if (this.#isGreeted) {
      const reason = whyNotLoggedIn(packet);
      if (reason !== undefined) this.#stream.end(reason);
      if (isWholeOk(packet)) this.#framer.accept();
    }
    this.#isGreeted = true;
  }
}

const PINGED = encodeCommands([PING, ""]);

/** What libmariadb says it can, in the names of the driver, which adds and leaves out some of its own. */
const FLAGS = [
  ...["-FOUND_ROWS", "-ODBC", "-IGNORE_SPACE", "-IGNORE_SIGPIPE", "-RESERVED", "-CLIENT_QUERY_ATTRIBUTES"],
  "PS_MULTI_RESULTS",
];

function optionsOf(
  { user, password, database }: Target,
  stream: ServerStream,
  isSecure: boolean,
): ConnectionOptions {
  const flags = [
    ...FLAGS,
    ...(isSecure ? ["SSL"] : []),
    ...(database === undefined ? ["-CONNECT_WITH_DB"] : []),
  ];
  return {
    user,
    flags,
    connectTimeout: 0,
    charset: "UTF8MB4_GENERAL_CI",
    // No statement is prepared. The driver makes room for 16,000 otherwise: half a megabyte a connection.
    maxPreparedStatements: 1,
    ...(database !== undefined && { database }),
    // The driver would take the characters of the password for Unicode.
    ...(password !== "" && { passwordSha1: hash("sha1", Buffer.from(password, "latin1"), "buffer") }),
    // The stream is connected, and TLS has begun where it is wanted.
    stream: () => stream.forDriver,
  } as unknown as ConnectionOptions;
}
