import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { SecureContextOptions } from "node:tls";
import type { Column, Value } from "./columns.ts";
import { TdsSession } from "./session.ts";
import type { ServerMessage } from "./tokens.ts";

/** One set of rows. */
export interface Rows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

/** What the server does with a batch or a call. */
export interface Reply {
  readonly results?: readonly Rows[];
  /** Errors and information, sent before the results. */
  readonly messages?: readonly ServerMessage[];
  /** Instead of an answer: none at all, or the connection ends in the middle of it. */
  readonly instead?: "hang" | "drop";
}

/** How the server is set up. */
export interface TdsServerOptions {
  readonly answer: (sql: string) => Reply;
  /** Names and passwords. `DOMAIN\name` logs in with NTLM. */
  readonly users?: Readonly<Record<string, string>>;
  readonly databases?: readonly string[];
  /** Undefined: the server has no encryption. */
  readonly tls?: SecureContextOptions | undefined;
  /** Whether a client that wants no encryption is refused. */
  readonly requiresTls?: boolean;
  /** The connections it accepts at a time. Others are refused at the login. */
  readonly most?: number;
  /** Whether it sends its bytes one by one. */
  readonly isSlow?: boolean;
  readonly port?: number;
  readonly address?: string;
}

/**
 * A server of TDS 7.0 to 7.4, as SQL Server's: prelogin, TLS, login with a password or NTLM, batches, RPC,
 * attention. It knows no SQL: a function answers.
 */
export class TdsServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What clients have asked since the start, in their order. */
  readonly asked: string[] = [];
  /** How many logins were accepted. */
  logins = 0;
  /** How many times a client has cancelled what it had asked. */
  attentions = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(options: TdsServerOptions): Promise<TdsServer> {
    const server = createServer({ noDelay: true });
    const tds = new TdsServer(server);
    server.on("connection", (socket) => tds.#serve(socket, options));
    server.listen(options.port ?? 0, options.address ?? "127.0.0.1");
    await once(server, "listening");
    return tds;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Ends all connections. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dropAll();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket, options: TdsServerOptions): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    const isFull = this.#sockets.size > (options.most ?? Number.POSITIVE_INFINITY);
    new TdsSession(socket, options, {
      isFull,
      onLogin: () => {
        this.logins += 1;
      },
      onAsked: (sql) => this.asked.push(sql),
      onAttention: () => {
        this.attentions += 1;
      },
    });
  }
}
