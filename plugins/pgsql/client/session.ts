import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Client, DatabaseError } from "pg";
import { CheckDeclined } from "../../../sdk/index.ts";
import { MAX_BYTES, ServerGone, ServerStream } from "../../transport/databases/server-stream.ts";
import { isAscii, type ServerMessage } from "../libpq/server-error.ts";
import type { Target } from "../libpq/target.ts";
import { MessageFramer } from "./message-framer.ts";
import { PlainQuery, type QueryResult } from "./query.ts";

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

/** A query that the driver has, and when the server has answered it. */
interface Asked {
  readonly query: PlainQuery;
  readonly answered: Promise<void>;
}

/** A login at a database. One query at a time. */
export class Session implements Disposable {
  /** Notices of the server since they were taken last. */
  readonly #notices: ServerMessage[] = [];
  readonly #parameters = new Map<string, string>();
  readonly #client: Client;
  readonly #stream: ServerStream;
  readonly #isSecure: boolean;
  #isOpen = true;
  /** A query that was sent before it was asked for. */
  #ahead: (Asked & { readonly text: string }) | undefined;

  private constructor(client: Client, stream: ServerStream, isSecure: boolean) {
    this.#client = client;
    this.#isSecure = isSecure;
    this.#stream = stream;
    client.on("error", () => stream.end(new ServerGone("closed")));
    client.on("notice", (notice) => this.#notices.push(notice as unknown as ServerMessage));
    const { connection } = client;
    connection.on("parameterStatus", ({ parameterName, parameterValue }) =>
      this.#parameters.set(parameterName, parameterValue),
    );
    connection.on("readyForQuery", () => stream.answered());
    // A copy would wait for data. The plugin closes the connection then.
    for (const copies of ["copyInResponse", "copyOutResponse"]) connection.on(copies, () => this.#abandon());
    stream.ended.catch(() => {
      this.#isOpen = false;
    });
  }

  /**
   * Logs in over a connected socket, which the session owns then. Throws a LoginRefused, a ServerGone or a
   * CheckDeclined.
   */
  static async open(socket: Socket, target: Target): Promise<Session> {
    const driver = await loadDriver();
    const stream = new ServerStream(socket, { framer: new MessageFramer(MAX_BYTES), library: "libpq" });
    const client = createClient(driver, stream, target);
    const session = new Session(client, stream, socket instanceof TLSSocket);
    let isAuthenticated = false;
    client.connection.once("authenticationOk", () => {
      isAuthenticated = true;
    });
    client.connection.once("authenticationSASL", ({ mechanisms }) => {
      if (!mechanisms.includes(MECHANISM)) stream.end(new CheckDeclined("a login that only libpq knows"));
    });
    const connected = client.connect();
    socket.resume();
    try {
      await Promise.race([connected, stream.ended]);
      return session;
    } catch (error) {
      session[Symbol.dispose]();
      if (error instanceof NoPassword) throw new LoginRefused(undefined, isAuthenticated);
      if (isServerError(error)) throw new LoginRefused(session.#toBytes(error), isAuthenticated);
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
    return this.#client.getTransactionStatus() !== "I";
  }

  /** Sends an ASCII query, unless `answers` has sent it. It is never sent a second time. */
  async query(text: string): Promise<QueryEnd> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead?.text === text) return await this.#endOf(ahead);
    this.#stream.begin();
    return await this.#endOf(this.#ask(new PlainQuery(text)));
  }

  /** Sends an empty query, which does nothing, and with it the one that `query` will ask for. */
  async answers(ahead?: string): Promise<boolean> {
    this.#stream.begin();
    const proof = ahead === undefined ? this.#ask(new PlainQuery("")) : this.#askWith(ahead);
    const { kind, result } = await this.#endOf(proof);
    return kind === "answered" && result.kind === "none";
  }

  takeNotices(): readonly ServerMessage[] {
    return this.#notices.splice(0).map((notice) => this.#toBytes(notice));
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    this.#stream.end(new ServerGone("broken"));
  }

  /** Says goodbye, so that the server's log has no word about it. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stream.finish(TERMINATE);
  }

  #ask(query: PlainQuery): Asked {
    const answered = this.#stream.expect();
    this.#client.query(query);
    return { query, answered };
  }

  /** The driver has the second query in its queue while the first one, which sends both, is under way. */
  #askWith(text: string): Asked {
    const proof = new PlainQuery("", text);
    const answered = this.#stream.expect();
    this.#stream.together(() => this.#client.query(proof));
    this.#ahead = { text, ...this.#ask(new PlainQuery()) };
    this.#ahead.answered.catch(() => {});
    return { query: proof, answered };
  }

  async #endOf({ query, answered }: Asked): Promise<QueryEnd> {
    try {
      await answered;
      return { kind: "answered", result: this.#toResult(query.result) };
    } catch (error) {
      if (!(error instanceof ServerGone)) throw error;
      return { kind: "gone", how: error.how, result: this.#toResult(query.result), isSecure: this.#isSecure };
    }
  }

  #abandon(): void {
    this.#stream.answered();
    this[Symbol.dispose]();
  }

  #toResult(result: QueryResult): QueryResult {
    if (result.kind === "rows") {
      return { ...result, first: result.first === undefined ? undefined : this.#textToBytes(result.first) };
    }
    return result.kind === "error" ? { kind: "error", error: this.#toBytes(result.error) } : result;
  }

  #toBytes(message: ServerMessage): ServerMessage {
    if (message.severity === undefined) throw new CheckDeclined("the server speaks what only libpq knows");
    const read = ({ [0]: name, [1]: text }: readonly [keyof ServerMessage, string | undefined]) =>
      [name, text === undefined ? undefined : this.#textToBytes(text)] as const;
    return Object.fromEntries(FIELDS.map((name) => read([name, message[name]]))) as unknown as ServerMessage;
  }

  /** libpq passes on the bytes of the database's own encoding; the driver asks for UTF-8. */
  #textToBytes(text: string): string {
    if (isAscii(text)) return text;
    if (this.#parameters.get("server_encoding") !== "UTF8" || text.includes("\ufffd")) {
      throw new CheckDeclined("words in the encoding of the database");
    }
    return Buffer.from(text, "utf8").toString("latin1");
  }
}

const FIELDS = [
  ...(["severity", "code", "message", "detail", "hint", "where"] as const),
  ...(["position", "internalPosition", "internalQuery"] as const),
];

/** The message with which a client ends its session. */
const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);

/** The one of the driver. libpq looks at the mechanisms before it looks for a password. */
const MECHANISM = "SCRAM-SHA-256";

class NoPassword extends Error {}

function createClient({ Client: DriverClient }: Driver, stream: ServerStream, target: Target): Client {
  const { user, database, password, options, applicationName } = target;
  return new DriverClient({
    ...{ user, database, options, application_name: applicationName },
    // The stream is connected, and TLS has begun where it is wanted.
    ...{ host: "connected", port: 1, ssl: false, stream: () => stream.forDriver },
    password: () => {
      if (password === undefined) throw new NoPassword();
      return password.text;
    },
  });
}

function isServerError(error: unknown): error is DatabaseError & ServerMessage {
  return error instanceof Error && error.name === "error" && "severity" in error;
}
