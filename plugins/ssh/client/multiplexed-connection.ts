import type { Duplex } from "node:stream";
import { whenAborted } from "../../../sdk/deadline.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { type Line, line } from "../openssh/failure.ts";
import type { HostKey } from "../openssh/known-hosts.ts";
import { type CommandChannel, type Ran, readChannel } from "./channel.ts";

/** A command as it is sent, and the variables that go with it. */
export interface RemoteCommand {
  readonly text: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What became of a command on a connection. It was not started where it is `refused` or `unsent`. */
export type Execution =
  | { readonly kind: "ran"; readonly ran: Ran }
  /** The connection ended under the command; `by` is what ssh says of it. */
  | { readonly kind: "lost"; readonly ran: Ran; readonly by: Line }
  /** The server allows no further session on this connection for now. */
  | { readonly kind: "refused" }
  /** The connection turned out to be dead. */
  | { readonly kind: "unsent" };

/** A server that has not confirmed a channel for so long may have forgotten the connection. */
const CONFIRM_WITHIN_MS = 3_000;

/** What is used here of the driver's client. */
interface DriverClient {
  exec(text: string, options: { readonly env: NodeJS.ProcessEnv }, callback: Answer<DriverChannel>): unknown;
  forwardOut(
    fromHost: string,
    fromPort: number,
    host: string,
    port: number,
    callback: Answer<Duplex>,
  ): unknown;
  on(event: "close", listener: () => void): unknown;
  on(event: "error", listener: (error: DriverError) => void): unknown;
  end(): unknown;
}

type Answer<Value> = (error: Error | undefined, value: Value) => void;

interface DriverChannel extends CommandChannel {
  close(): void;
}

interface DriverError extends Error {
  readonly level?: string;
  readonly code?: unknown;
}

/** What a connection runs over. */
export interface Pipe {
  readonly stream: Duplex;
  /** Bytes so far. */
  readonly received: () => number;
  /** The connection it leads through, for it alone. */
  readonly jump?: LiveConnection;
}

/** What came of a login. */
interface LoggedIn extends Pick<LiveConnection, "printed" | "hostKey"> {
  readonly host: string;
}

/** One login, on which commands run side by side. */
export class LiveConnection implements Disposable {
  /** What ssh prints on stderr whenever it connects like this. */
  readonly printed: string;
  /** What the server has shown to be itself. */
  readonly hostKey: HostKey | undefined;
  readonly #client: DriverClient;
  readonly #pipe: Pipe;
  #busy = 0;
  #isRetired = false;
  #end: Line | "silence" | undefined;

  constructor(client: DriverClient, pipe: Pipe, { printed, hostKey, host }: LoggedIn) {
    this.printed = printed;
    this.hostKey = hostKey;
    this.#client = client;
    this.#pipe = pipe;
    client.on("error", (error) => {
      this.#end ??= describeEnd(error, host);
    });
    client.on("close", () => {
      this.#end ??= line("fatal", `Connection to ${host} closed by remote host.`);
      pipe.jump?.[Symbol.dispose]();
    });
  }

  get isUsable(): boolean {
    return !this.#isRetired && this.#end === undefined && this.#pipe.stream.writable;
  }

  /** Bytes the server has sent so far. */
  get received(): number {
    return this.#pipe.received();
  }

  /** Calls back once the connection has ended, whoever ended it. */
  onClose(listener: () => void): void {
    this.#client.on("close", listener);
  }

  /** Takes no further command, and ends after those that run. */
  retire(): void {
    this.#isRetired = true;
    if (this.#busy === 0) this[Symbol.dispose]();
  }

  /** Runs a command. When the signal is aborted the promise rejects, and the connection is retired. */
  async execute(command: RemoteCommand, signal: AbortSignal): Promise<Execution> {
    signal.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    // What was started goes on over there, and holds one of the server's sessions: the connection is of no more use.
    const stop = () => {
      this.#isRetired = true;
      reject(signal.reason);
    };
    using _stopping = whenAborted(signal, stop);
    this.#busy += 1;
    try {
      return await Promise.race([this.#execute(command, signal), promise]);
    } finally {
      this.#busy -= 1;
      if (this.#isRetired) this.retire();
    }
  }

  /** A way through this connection to another place, as `ssh -W`. */
  forward(host: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      this.#client.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
        if (error === undefined) resolve(stream);
        else reject(new CheckDeclined("the jump host does not lead on", { cause: error }));
      });
    });
  }

  [Symbol.dispose](): void {
    this.#isRetired = true;
    this.#client.end();
    this.#pipe.stream.destroy();
    this.#pipe.jump?.[Symbol.dispose]();
  }

  async #execute(command: RemoteCommand, signal: AbortSignal): Promise<Execution> {
    const opened = await this.#open(command);
    if (opened === "refused" || opened === "unsent") return { kind: opened };
    const ran = opened === "lost" ? NOTHING : await readUntilAborted(opened, signal);
    const end = this.#end;
    if (ran.returnCode !== undefined || end === undefined) return { kind: "ran", ran };
    // Of a server that has gone silent ssh hears nothing: it waits until its time is up, and so does this.
    return end === "silence" ? new Promise(() => {}) : { kind: "lost", ran, by: end };
  }

  /** Opens a channel and sends the command: the driver does both in one go. */
  #open({ text, environment }: RemoteCommand): Promise<Opened> {
    const { promise, resolve, reject } = Promise.withResolvers<Opened>();
    const { received } = this;
    const timer = setTimeout(() => {
      // The command is sent when the channel is confirmed. Not a byte has come back, so none was, and none will be.
      if (this.#busy > 1 || this.received !== received) return;
      this[Symbol.dispose]();
      resolve("unsent");
    }, CONFIRM_WITHIN_MS);
    try {
      this.#client.exec(text, { env: environment }, (error, channel) => {
        // At once: all that a quick command says may already be on its way from the driver.
        if (error === undefined) resolve({ channel, ran: readChannel(channel) });
        else if ("reason" in error && error.reason !== "") resolve("refused");
        else if (error.message === "No response from server") resolve("unsent");
        else if (this.#end !== undefined) resolve("lost");
        else reject(new CheckDeclined("the server refused to run a command"));
      });
    } catch {
      resolve("unsent");
    }
    return promise.finally(() => clearTimeout(timer));
  }
}

interface OpenChannel {
  readonly channel: DriverChannel;
  readonly ran: Promise<Ran>;
}

type Opened = OpenChannel | "refused" | "unsent" | "lost";

const NOTHING: Ran = { returnCode: undefined, stdout: "", stderr: "" };

async function readUntilAborted({ channel, ran }: OpenChannel, signal: AbortSignal): Promise<Ran> {
  using _closing = whenAborted(signal, () => channel.close());
  return await ran;
}

function describeEnd(error: DriverError, host: string): Line | "silence" {
  if (error.level === "client-timeout") return "silence";
  if (error.code !== "ECONNRESET") return line("fatal", `Connection to ${host} closed by remote host.`);
  return line("fatal", `Read from remote host ${host}: Connection reset by peer`);
}
