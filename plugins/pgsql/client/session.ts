import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Client, DatabaseError } from "pg";
import { CheckDeclined } from "../../../sdk/index.ts";
import { MAX_BYTES, ServerGone, ServerStream } from "../../transport/databases/server-stream.ts";
import type { ServerMessage } from "../libpq/server-error.ts";
import type { Target } from "../libpq/target.ts";
import { MessageReader } from "./message-reader.ts";
import { encodeQueries, type QueryResult, TERMINATE } from "./messages.ts";

type Driver = Pick<typeof import("pg"), "Client">;

/** Loads the driver for the first connection, or earlier. This file is the only one that imports it. */
export async function loadDriver(): Promise<Driver> {
  return (await import("pg")).default;
}

/** The server does not let the user in. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";
  /** Undefined: the server wants a password, and there is none. */
  readonly error: ServerMessage | undefined;
  /** Whether the server had accepted the user before. */
  readonly isAuthenticated: boolean;

  constructor(error: ServerMessage | undefined, isAuthenticated: boolean) {
    super("the server refuses the login");
    this.error = error;
    this.isAuthenticated = isAuthenticated;
  }
}

/** What came of a query: its result, and whether the server ended the connection after it. */
export type QueryEnd =
  | { readonly kind: "answered"; readonly result: QueryResult }
  | {
      readonly kind: "gone";
      readonly result: QueryResult;
      readonly how: ServerGone["how"];
      readonly isSecure: boolean;
    };

/** A query that was sent, and how it ends. */
class Asked {
  readonly text: string;
  readonly promise: Promise<QueryEnd>;
  readonly resolve: (end: QueryEnd) => void;
  readonly reject: (reason: unknown) => void;

  constructor(text: string) {
    const { promise, resolve, reject } = Promise.withResolvers<QueryEnd>();
    this.text = text;
    this.promise = promise;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** A login at a database. One query at a time. The driver makes the login, what follows is read here. */
export class Session implements Disposable {
  readonly #stream: ServerStream;
  readonly #reader: MessageReader;
  readonly #isSecure: boolean;
  /** Queries whose answers are waited for, in the order in which they come. */
  readonly #asked: Asked[] = [];
  #isOpen = true;
  #endedBy: { readonly reason: unknown } | undefined;
  /** A query that was sent before it was asked for. */
  #ahead: Asked | undefined;

  private constructor(socket: Socket) {
    this.#isSecure = socket instanceof TLSSocket;
    this.#reader = new MessageReader(MAX_BYTES, {
      answered: (result) => this.#asked.shift()?.resolve({ kind: "answered", result }),
      // A copy would wait for data. The plugin closes the connection then.
      copies: () => this.#abandon(),
    });
    this.#stream = new ServerStream(socket, {
      framer: this.#reader,
      library: "libpq",
      onEnd: (reason) => this.#end(reason),
    });
  }

  /**
   * Logs in over a connected socket, which the session owns then. Throws a LoginRefused, a ServerGone or a
   * CheckDeclined. `onBegun` is given the session before the server lets the user in.
   */
  static async open(socket: Socket, target: Target, onBegun?: (session: Session) => void): Promise<Session> {
    const driver = await loadDriver();
    const session = new Session(socket);
    onBegun?.(session);
    const stream = session.#stream;
    const client = createClient(driver, stream, target);
    client.on("error", () => stream.end(new ServerGone("closed")));
    let isAuthenticated = false;
    client.connection.once("authenticationOk", () => {
      isAuthenticated = true;
    });
    client.connection.once("authenticationSASL", ({ mechanisms }) => {
      // libpq wants no channel binding offered where there is no TLS.
      const isOdd = !session.#isSecure && mechanisms.includes(BOUND_MECHANISM);
      if (isOdd || !mechanisms.includes(MECHANISM))
        stream.end(new CheckDeclined("a login that only libpq knows"));
    });
    const connected = client.connect();
    socket.resume();
    try {
      await Promise.race([connected, stream.ended]);
      session.#reader.endLogin();
      return session;
    } catch (error) {
      session[Symbol.dispose]();
      const { refusal } = session.#reader;
      // libpq prints them to stderr, and the session that would give them is gone.
      if (session.#reader.hasNotices) throw new CheckDeclined("a notice of a login that failed");
      if (error instanceof NoPassword) throw new LoginRefused(undefined, isAuthenticated);
      if (refusal !== undefined && isServerError(error)) throw new LoginRefused(refusal, isAuthenticated);
      if (error instanceof ServerGone || error instanceof CheckDeclined) throw error;
      throw new CheckDeclined("the driver cannot log in", { cause: error });
    } finally {
      connected.catch(() => {});
    }
  }

  /** Whether another query may be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether a transaction is under way, which the next query would become a part of. */
  get isInTransaction(): boolean {
    return this.#reader.isInTransaction;
  }

  /** Sends an ASCII query, unless `answers` has sent it. It is never sent a second time. */
  query(text: string): Promise<QueryEnd> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead?.text === text) return ahead.promise;
    const asked = this.#expect(text);
    this.#stream.ask(encodeQueries(text));
    return asked.promise;
  }

  /** Sends an empty query, which does nothing, and with it the one that `query` will ask for. */
  async answers(ahead?: string): Promise<boolean> {
    const proof = this.#expect("");
    if (ahead !== undefined) this.#ahead = this.#expect(ahead);
    this.#stream.ask(ahead === undefined ? PROOF : encodeQueries("", ahead));
    const { kind, result } = await proof.promise;
    return kind === "answered" && result.kind === "none";
  }

  /** Declines if the server has said something behind its answer that only libpq knows. */
  requireKnown(): void {
    const reason = this.#endedBy?.reason;
    if (reason instanceof CheckDeclined) throw reason;
  }

  /** Gives the notices of the server since they were taken last. */
  takeNotices(): readonly ServerMessage[] {
    return this.#reader.takeNotices();
  }

  [Symbol.dispose](): void {
    this.#stream.end(new ServerGone("broken"));
  }

  /** Says goodbye, so that the server's log has no word about it. */
  close(): void {
    if (this.#isOpen) this.#stream.finish(TERMINATE);
  }

  #expect(text: string): Asked {
    const asked = new Asked(text);
    this.#reader.expect(1);
    if (this.#endedBy === undefined) this.#asked.push(asked);
    else this.#settle(asked, this.#endedBy.reason);
    return asked;
  }

  #abandon(): void {
    const { result } = this.#reader;
    this.#asked.shift()?.resolve({ kind: "answered", result });
    this[Symbol.dispose]();
  }

  /** The first query may have a part of its answer. */
  #end(reason: unknown): void {
    this.#isOpen = false;
    this.#endedBy = { reason };
    const { result } = this.#reader;
    for (const [at, asked] of this.#asked.splice(0).entries())
      this.#settle(asked, reason, at === 0 ? result : undefined);
  }

  #settle(
    { promise, resolve, reject }: Asked,
    reason: unknown,
    result: QueryResult = { kind: "none" },
  ): void {
    if (reason instanceof ServerGone) {
      resolve({ kind: "gone", how: reason.how, result, isSecure: this.#isSecure });
      return;
    }
    // What was sent ahead may never be asked for.
    promise.catch(() => {});
    reject(reason);
  }
}

/** The empty query. */
const PROOF = encodeQueries("");

/** The one of the driver. libpq looks at the mechanisms before it looks for a password. */
const MECHANISM = "SCRAM-SHA-256";
const BOUND_MECHANISM = "SCRAM-SHA-256-PLUS";

class NoPassword extends Error {}

function createClient({ Client: DriverClient }: Driver, stream: ServerStream, target: Target): Client {
  const { user, database, password, options, applicationName } = target;
  return new DriverClient({
    user,
    database,
    options,
    application_name: applicationName,
    // The stream is connected, and TLS has begun where it is wanted.
    host: "connected",
    port: 1,
    ssl: false,
    stream: () => stream.forDriver,
    password: () => {
      if (password === undefined) throw new NoPassword();
      return password.text;
    },
  });
}

function isServerError(error: unknown): error is DatabaseError & ServerMessage {
  return error instanceof Error && error.name === "error" && "severity" in error;
}
