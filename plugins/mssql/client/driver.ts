import type { Socket } from "node:net";
import { whenAborted } from "../../../sdk/deadline.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { type Answer, type Cell, renderCell, type ServerMessage } from "./answer.ts";
import type { Login } from "./login.ts";

/** What is used of the driver. It has no types of its own. */
interface Driver {
  readonly ConnectionPool: new (config: object) => Pool;
  readonly Request: new (parent: object) => Request;
  readonly NVarChar: unknown;
}

interface Pool {
  on(event: "error", listener: () => void): void;
  /**
   * Makes one connection. The driver's own `connect` logs in twice: once to see whether it can, and once for
   * the pool.
   */
  _poolCreate(): Promise<Connection>;
}

interface Connection {
  readonly closed: boolean;
  on(event: "end" | "error", listener: () => void): void;
  close(): void;
  reset(done: (error?: Error) => void): void;
}

interface Request {
  stream: boolean;
  arrayRowMode: boolean;
  on(event: string, listener: (argument: never) => void): void;
  input(name: string, type: unknown, value: string): void;
  batch(sql: string): Promise<unknown>;
  query(sql: string): Promise<unknown>;
}

interface DriverMessage {
  readonly message: string;
  readonly number?: number;
  readonly class?: number;
  readonly state?: number;
  readonly lineNumber?: number;
  readonly serverName?: string;
}

interface DriverColumn {
  readonly type?: { readonly declaration?: string };
  readonly length?: number;
  readonly scale?: number;
}

/** Loads the driver for the first connection, or earlier. This file is the only one that imports it. */
export async function loadDriver(): Promise<Driver> {
  // @ts-expect-error: the package has no types
  return (await import("mssql")).default;
}

/** The server does not let the user in, or does not speak as it should. */
export class LoginFailed extends Error {
  override readonly name = "LoginFailed";
  /** `ELOGIN`: it refuses the login; `EENCRYPT`: client and server do not agree on encryption. */
  readonly code: string;

  constructor(text: string, code: string, options?: ErrorOptions) {
    super(text, options);
    this.code = code;
  }
}

/** The connection ended before the answer was there. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** Characters of all answers to one batch, and its rows. */
const MAX_SIZE = 16_777_216;
const MAX_ROWS = 100_000;

/** A login at a server. One batch at a time. */
export class Session {
  readonly #driver: Driver;
  readonly #connection: Connection;
  /** Rejects with a ConnectionLost. */
  readonly #ended: Promise<never>;
  #isOpen = true;

  private constructor(driver: Driver, connection: Connection) {
    this.#driver = driver;
    this.#connection = connection;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.#ended = promise;
    for (const event of ["end", "error"] as const) {
      connection.on(event, () => {
        this.#isOpen = false;
        reject(new ConnectionLost("the server has closed the connection"));
      });
    }
  }

  /** Logs in over a connected socket, which the session owns then. Rejects with a LoginFailed. */
  static async open(login: Login, socket: Socket, signal: AbortSignal): Promise<Session> {
    const driver = await loadDriver();
    let opening: Connection | undefined;
    const beforeConnect = (connection: Connection) => {
      opening = connection;
    };
    const pool = new driver.ConnectionPool({ ...configOf(login, socket), beforeConnect });
    pool.on("error", () => {});
    using _closing = whenAborted(signal, () => opening?.close());
    try {
      return new Session(driver, await pool._poolCreate());
    } catch (error) {
      socket.destroy();
      signal.throwIfAborted();
      throw readFailure(error);
    }
  }

  /** `answers` ends a transaction that a check has left. */
  readonly isInTransaction = false;

  get isOpen(): boolean {
    return this.#isOpen && !this.#connection.closed;
  }

  /** Sends a batch. With a name it is a statement that uses it as `@name`. Rejects with a ConnectionLost. */
  async ask(sql: string, name?: string): Promise<Answer> {
    const request = new this.#driver.Request(parentOf(this.#connection));
    const collected = new Collected(() => this.close());
    collected.listen(request);
    if (name !== undefined) request.input("name", this.#driver.NVarChar, name);
    const asked = name === undefined ? request.batch(sql) : request.query(sql);
    try {
      await Promise.race([asked, this.#ended]);
    } catch (error) {
      asked.catch(() => {});
      throw collected.isTooLarge ? new CheckDeclined("an answer that is too large") : error;
    }
    if (collected.hasBroken) await this.#ended;
    return collected;
  }

  /** Makes the session what it was after the login. False: the connection is gone. */
  async answers(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#connection.reset((error) => resolve(error === undefined || error === null));
    return Promise.race([promise, this.#ended.catch(() => false)]);
  }

  close(): void {
    this.#isOpen = false;
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function configOf(login: Login, socket: Socket): object {
  const { host, port, user, password, domain, database, encrypt, isTrusting, minVersion } = login;
  return {
    server: host,
    port,
    user,
    password,
    ...(domain && { domain }),
    ...(database && { database }),
    options: {
      encrypt,
      trustServerCertificate: isTrusting,
      connector: async () => socket,
      // Limits are those of the check.
      connectTimeout: NO_LIMIT,
      requestTimeout: 0,
      maxRetriesOnTransientErrors: 0,
      appName: "omd-worker",
      useUTC: true,
      ...(minVersion && { cryptoCredentialsDetails: { minVersion, ciphers: "DEFAULT@SECLEVEL=0" } }),
    },
  };
}

const NO_LIMIT = 2_147_483_647;

/** What a request asks its pool for. */
function parentOf(connection: Connection): object {
  return {
    config: {},
    connected: true,
    acquire: (_: unknown, done: (error: null, connection: Connection, config: object) => void) =>
      done(null, connection, {}),
    release: () => {},
  };
}

/** Gathers what a request emits. */
class Collected implements Answer {
  readonly sets: Cell[][][] = [];
  readonly errors: ServerMessage[] = [];
  readonly informations: ServerMessage[] = [];
  readonly #stop: () => void;
  #columns: readonly DriverColumn[] = [];
  #size = 0;
  #rows = 0;
  isTooLarge = false;
  hasBroken = false;

  constructor(stop: () => void) {
    this.#stop = stop;
  }

  listen(request: Request): void {
    request.stream = true;
    request.arrayRowMode = true;
    request.on("recordset", (columns: readonly DriverColumn[]) => {
      this.#columns = columns;
      this.sets.push([]);
    });
    request.on("row", (row: readonly unknown[]) => this.#take(row));
    request.on("info", (message: DriverMessage) => this.informations.push(readMessage(message)));
    request.on("error", (error: DriverMessage) => {
      // A broken connection has its code here.
      if (typeof error.number !== "number") this.hasBroken = true;
      else this.errors.push(readMessage(error));
    });
  }

  #take(row: readonly unknown[]): void {
    if (this.isTooLarge) return;
    const cells = row.map((value, at) => renderCell(value, typeOf(this.#columns[at])));
    this.#size += cells.reduce<number>((sum, cell) => sum + (typeof cell === "string" ? cell.length : 1), 0);
    this.#rows += 1;
    this.sets.at(-1)?.push(cells);
    if (this.#size <= MAX_SIZE && this.#rows <= MAX_ROWS) return;
    this.isTooLarge = true;
    this.#stop();
  }
}

/** A type without a greatest length is printed in parts. */
const WITHOUT_LENGTH = 65_535;

function typeOf({ type, length, scale = 0 }: DriverColumn = {}) {
  const name = type?.declaration ?? "unknown";
  return { name: length === WITHOUT_LENGTH ? `${name}(max)` : name, scale };
}

function readMessage(message: DriverMessage): ServerMessage {
  const {
    number = 0,
    class: severity = 0,
    state = 0,
    lineNumber: line = 0,
    serverName: server = "",
  } = message;
  return { number, severity, state, line, server, text: message.message };
}

function readFailure(error: unknown): LoginFailed {
  if (!(error instanceof Error)) return new LoginFailed("the driver cannot log in", "ESOCKET");
  const code = "code" in error && typeof error.code === "string" ? error.code : "ESOCKET";
  const text =
    code === "EENCRYPT" ? describeEncryption(error) : error.message.replace(/; if the root CA.*$/s, "");
  return new LoginFailed(text, code, { cause: error });
}

/** The driver's words name its own options. */
function describeEncryption({ message }: Error): string {
  if (message.includes("requires encryption")) return "the server takes encrypted connections only";
  return message.includes("did not negotiate") ? "the server has no encryption" : message;
}
