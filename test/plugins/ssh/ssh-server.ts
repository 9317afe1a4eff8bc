import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerChannel, Connection as ServerConnection } from "ssh2";
import ssh2 from "ssh2";

/** What a server does when it is asked to run a command. */
export type Serve = (channel: ServerChannel, command: string) => void;

export interface SshServerOptions {
  readonly serve?: Serve;
  /** False: the session is refused. Undefined: the server does not answer at all. */
  readonly allowsSession?: (open: number) => boolean | undefined;
  /** True: the connection is closed before the server has sent anything. */
  readonly drops?: (connection: number) => boolean;
  /** The server answers no login. */
  readonly isMute?: boolean;
  readonly banner?: string;
  /** True: the server does not say which signatures it takes, as those before SHA-2. */
  readonly isOld?: boolean;
  /** Called for every connection that has logged in. */
  readonly onReady?: (connection: ServerConnection) => void;
}

/** Prints `text` and exits. */
export function say(text: string, returnCode = 0): Serve {
  return (channel) => {
    channel.write(text);
    channel.exit(returnCode);
    channel.end();
  };
}

/** Now and then the driver makes a key without its leading zero, which it cannot read. */
function createKeyPair(): { readonly private: string; readonly public: string } {
  const pair = ssh2.utils.generateKeyPairSync("ed25519");
  return ssh2.utils.parseKey(pair.private) instanceof Error ? createKeyPair() : pair;
}

/** The driver's server would name its signatures to a client that asks for them. */
function hideSignatures(connection: ServerConnection): void {
  let exchange: unknown;
  Object.defineProperty(Reflect.get(connection, "_protocol"), "_kex", {
    get: () => exchange,
    set(value: unknown) {
      exchange = value;
      if (typeof value !== "object" || value === null) return;
      Object.defineProperty(value, "remoteExtInfoEnabled", { get: () => false, set() {} });
    },
  });
}

/**
 * An ssh server in this process, for what a real one does not do on demand. It accepts any key of any user.
 */
export class SshServer implements AsyncDisposable {
  readonly port: number;
  /** The options of a check that trusts this server. */
  readonly words: readonly string[];
  connections = 0;
  /** The most sessions that were open at a time on one connection. */
  peak = 0;
  readonly #folder: string;
  readonly #sockets: ReadonlySet<Socket>;
  readonly #listener: ReturnType<typeof createServer>;

  private constructor(parts: {
    folder: string;
    listener: ReturnType<typeof createServer>;
    sockets: ReadonlySet<Socket>;
  }) {
    const { port } = parts.listener.address() as AddressInfo;
    this.port = port;
    this.#folder = parts.folder;
    this.#listener = parts.listener;
    this.#sockets = parts.sockets;
    const trust = [
      "-o",
      "StrictHostKeyChecking=yes",
      "-o",
      `UserKnownHostsFile=${join(parts.folder, "known_hosts")}`,
    ];
    this.words = ["-H", "127.0.0.1", "-p", String(port), "-i", join(parts.folder, "key"), ...trust];
  }

  static async start(options: SshServerOptions = {}): Promise<SshServer> {
    const { serve = say("ok\n"), allowsSession = () => true, drops = () => false, isMute = false } = options;
    const folder = mkdtempSync(join(tmpdir(), "ssh-server-"));
    const host = createKeyPair();
    writeFileSync(join(folder, "key"), createKeyPair().private, { mode: 0o600 });
    const sockets = new Set<Socket>();
    const engine = new ssh2.Server({
      hostKeys: [host.private],
      ...(options.banner && { banner: options.banner }),
    });
    engine.on("connection", (connection) => {
      let open = 0;
      connection.on("error", () => {});
      if (options.isOld) hideSignatures(connection);
      connection.on("authentication", (login) => {
        if (isMute) return;
        if (login.method === "publickey") login.accept();
        else login.reject(["publickey"]);
      });
      connection.on("ready", () => options.onReady?.(connection));
      connection.on("session", (accept, reject) => {
        const isAllowed = allowsSession(open);
        if (isAllowed === undefined) return;
        if (!isAllowed) return reject();
        open += 1;
        self.peak = Math.max(self.peak, open);
        const session = accept();
        session.on("close", () => {
          open -= 1;
        });
        session.on("exec", (acceptExec, _, { command }) => serve(acceptExec(), command));
      });
    });
    const listener = createServer({ noDelay: true }, (socket) => {
      self.connections += 1;
      sockets.add(socket.on("error", () => {}));
      socket.once("close", () => sockets.delete(socket));
      if (drops(self.connections)) socket.destroy();
      else engine.injectSocket(socket);
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const self = new SshServer({ folder, listener, sockets });
    writeFileSync(join(folder, "known_hosts"), `[127.0.0.1]:${self.port} ${host.public}\n`);
    return self;
  }

  /** Connections that are open. */
  get standing(): number {
    return this.#sockets.size;
  }

  /** Ends all connections. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    this.#listener.close();
    await once(this.#listener, "close");
    rmSync(this.#folder, { recursive: true });
  }
}
