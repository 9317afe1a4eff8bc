import { hash } from "node:crypto";
import type { Socket } from "node:net";
import type { Connection, ConnectionOptions } from "mysql2";
import { CheckDeclined } from "../../../sdk/index.ts";
import { ServerGone, ServerStream } from "../../transport/databases/server-stream.ts";
import {
  type Failure,
  GONE_AWAY,
  LOST,
  readFailure,
  upToNul,
  WRONG_HOST_INFO,
} from "../libmariadb/failure.ts";
import type { Target } from "../libmariadb/target.ts";
import { commandPacket, RawCommand } from "./command.ts";
import { ForeignLogin } from "./foreign-logins.ts";
import { PacketFramer } from "./packet-framer.ts";
import { type QueryResult, ResultReader } from "./result.ts";

type Driver = Pick<typeof import("mysql2"), "createConnection">;

/** Loads the driver for the first connection, or earlier. This file is the only one that imports it. */
export async function loadDriver(): Promise<Driver> {
  return (await import("mysql2")).default;
}

/** The server does not let the user in. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super("the server refuses the login");
    this.failure = failure;
  }
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

/** The server's statistics in its own words, or why there are none. */
export type Statistics =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "failed"; readonly failure: Failure };

/** The protocol's numbers of commands. */
const [QUIT, QUERY, STATISTICS, PING] = [1, 3, 9, 14];
const ERROR = 0xff;
const SWITCH = 0xfe;
const NATIVE_PASSWORD = Buffer.from("\xfemysql_native_password\0", "latin1");
/** Bytes of a scramble, with its NUL. */
const SCRAMBLE = 21;

/** A query that was sent before it was asked for, and how its exchange ends. */
interface Ahead {
  readonly text: string;
  readonly most: number;
  readonly reader: ResultReader;
  readonly exchanged: Promise<Failure | undefined>;
}

/** A login at a server. One command at a time. */
export class Session implements Disposable {
  readonly #connection: Connection;
  readonly #stream: ServerStream;
  readonly #framer: PacketFramer;
  #isOpen = true;
  #isLoggedIn = false;
  /** A command has found that the connection has ended. */
  #isLost = false;
  /** The last result has no others behind it. */
  #isAtEnd = true;
  #ahead: Ahead | undefined;
  readonly #isMariadb: boolean;
  isInTransaction = false;

  private constructor(driver: Driver, { socket, isSecure, isMariadb }: GreetedSocket, target: Target) {
    this.#isMariadb = isMariadb;
    this.#framer = new PacketFramer((packet) => this.#watchLogin(packet), isSecure ? 1 : 0);
    this.#stream = new ServerStream(socket, { framer: this.#framer, library: "libmariadb" });
    this.#stream.ended.catch(() => {
      this.#isOpen = false;
    });
    this.#connection = driver.createConnection(optionsOf(target, this.#stream, isSecure));
    this.#connection.on("error", (error) =>
      this.#stream.end(new CheckDeclined("the driver", { cause: error })),
    );
  }

  /**
   * Logs in over a connected socket, which the session owns then. Rejects with a LoginRefused, a ServerGone
   * or a CheckDeclined.
   */
  static async open(greeted: GreetedSocket, target: Target): Promise<Session> {
    const session = new Session(await loadDriver(), greeted, target);
    const { promise, resolve } = Promise.withResolvers<void>();
    session.#connection.once("connect", () => resolve());
    session.#stream.receive(greeted.greeting);
    greeted.socket.resume();
    try {
      await Promise.race([promise, session.#stream.ended]);
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
  async statistics(): Promise<Statistics> {
    let statistics: Statistics | undefined;
    const failure = await this.#exchange(STATISTICS, "", (packet) => {
      statistics = readStatistics(packet);
      return true;
    });
    return statistics ?? { kind: "failed", failure: failure ?? LOST };
  }

  /**
   * Sends a query, unless `answers` has sent it. It is never sent a second time.
   *
   * @param text a byte string
   * @param most so many rows are kept
   */
  async query(text: string, most: number): Promise<QueryResult> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead?.text === text && ahead.most === most) return await this.#resultOf(ahead);
    const reader = new ResultReader(most);
    const exchanged = this.#exchange(QUERY, text, (packet) => reader.push(packet));
    return await this.#resultOf({ reader, exchanged });
  }

  /** Sends a ping, and with it the query that `query` will ask for, if the server is known to take both. */
  async answers(ahead?: string): Promise<boolean> {
    let isWell = false;
    const receive = ([first]: Buffer) => {
      isWell = first !== ERROR;
      return true;
    };
    const isSentAlong = ahead !== undefined && this.#isMariadb && !this.#isLost;
    const failure = await (isSentAlong ? this.#pingWith(ahead, receive) : this.#exchange(PING, "", receive));
    return isWell && failure === undefined;
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    this.#stream.end(new ServerGone("broken"));
  }

  /** Says goodbye, so that the server does not count an aborted client. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stream.finish(Buffer.of(1, 0, 0, 0, QUIT));
  }

  async #resultOf({ reader, exchanged }: Pick<Ahead, "reader" | "exchanged">): Promise<QueryResult> {
    const failure = await exchanged;
    this.isInTransaction = reader.isInTransaction;
    if (reader.hasMore) this.#isAtEnd = false;
    return reader.result ?? reader.fail(failure ?? LOST);
  }

  /** The driver has the query in its queue while the ping, which sends both, is under way. */
  #pingWith(text: string, receive: (packet: Buffer) => boolean): Promise<Failure | undefined> {
    this.#stream.begin();
    this.#framer.expectLone();
    const reader = new ResultReader(1);
    const requests = [commandPacket(PING, ""), commandPacket(QUERY, text)];
    const pinged = this.#stream.together(() => this.#add(requests, receive));
    const exchanged = this.#add([], (packet) => reader.push(packet));
    exchanged.catch(() => {});
    this.#ahead = { text, most: 1, reader, exchanged };
    return pinged;
  }

  /** Sends a command. Returns what libmariadb says if there is no answer. */
  async #exchange(
    code: number,
    text: string,
    receive: (packet: Buffer) => boolean,
  ): Promise<Failure | undefined> {
    if (this.#isLost) return GONE_AWAY;
    this.#stream.begin();
    return await this.#add([commandPacket(code, text)], receive);
  }

  /** Puts a command into the driver's queue, and waits for its answer. */
  async #add(
    requests: readonly Buffer[],
    receive: (packet: Buffer) => boolean,
  ): Promise<Failure | undefined> {
    const answered = this.#stream.expect();
    const command = new RawCommand(requests, (packet) => {
      const isLast = this.#receive(packet, receive);
      if (isLast) this.#stream.answered();
      return isLast;
    });
    addCommand(this.#connection, command);
    try {
      await answered;
      return undefined;
    } catch (error) {
      if (!(error instanceof ServerGone)) throw error;
      if (error.how === "broken") throw new CheckDeclined("a connection that broke", { cause: error });
      this.#isLost = true;
      return LOST;
    }
  }

  #receive(packet: Buffer, receive: (packet: Buffer) => boolean): boolean {
    try {
      return receive(packet);
    } catch (error) {
      this.#stream.end(new CheckDeclined("the server speaks what only libmariadb knows", { cause: error }));
      return false;
    }
  }

  /** Looks at what the server says to the login before the driver does. */
  #watchLogin(packet: Buffer): void {
    if (this.#isLoggedIn) return;
    if (packet[0] === ERROR) {
      const failure = readFailure(packet);
      this.#stream.end(
        failure ? new LoginRefused(failure) : new CheckDeclined("an error that only libmariadb knows"),
      );
    }
    if (packet[0] === SWITCH && !isNative(packet)) {
      this.#stream.end(new ForeignLogin());
    }
  }
}

/** Whether the server asks for the kind of login that the driver has. */
function isNative(packet: Buffer): boolean {
  const isNamed = packet.subarray(0, NATIVE_PASSWORD.length).equals(NATIVE_PASSWORD);
  return isNamed && packet.length === NATIVE_PASSWORD.length + SCRAMBLE;
}

function readStatistics(packet: Buffer): Statistics {
  if (packet[0] === ERROR) {
    const failure = readFailure(packet);
    if (failure === undefined) throw new Error("an error that only clients give");
    return { kind: "failed", failure };
  }
  const text = upToNul(packet.toString("latin1"));
  return text === "" ? { kind: "failed", failure: WRONG_HOST_INFO } : { kind: "text", text };
}

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
    ...{ user, flags, connectTimeout: 0, charset: "UTF8MB4_GENERAL_CI" },
    // No statement is prepared. The driver makes room for 16,000 otherwise: half a megabyte a connection.
    maxPreparedStatements: 1,
    ...(database !== undefined && { database }),
    // The driver would take the characters of the password for Unicode.
    ...(password !== "" && { passwordSha1: hash("sha1", Buffer.from(password, "latin1"), "buffer") }),
    // The stream is connected, and TLS has begun where it is wanted.
    stream: () => stream.forDriver,
  } as unknown as ConnectionOptions;
}

/** The driver's types do not show this. */
function addCommand(connection: Connection, command: RawCommand): void {
  (connection as unknown as { addCommand(command: RawCommand): void }).addCommand(command);
}
