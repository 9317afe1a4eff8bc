import type { Duplex } from "node:stream";
import { whenAborted } from "../../../sdk/deadline.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { type StderrLine, stderrLine } from "../openssh/failure.ts";
import { type CommandChannel, type RemoteOutcome, readChannel } from "./channel.ts";
import type { Patience } from "./login-clock.ts";

/** A command as it is sent to the server, and the environment variables that are sent with it. */
export interface RemoteCommand {
  readonly text: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What became of a command on a connection. A command that is `refused` or `unsent` was not started. */
export type Execution =
  | { readonly kind: "ran"; readonly outcome: RemoteOutcome }
  /** The connection ended while the command ran. ssh prints `lastLine` about it. */
  | { readonly kind: "lost"; readonly outcome: RemoteOutcome; readonly lastLine: StderrLine }
  /** The server allows no further session on this connection for now. */
  | { readonly kind: "refused" }
  /** The connection turned out to be dead. */
  | { readonly kind: "unsent" };

/** The part of the driver's client that is used here. */
interface DriverClient {
  exec(
    text: string,
    options: { readonly env: NodeJS.ProcessEnv },
    callback: Callback<DriverChannel>,
  ): unknown;
  forwardOut(
    fromHost: string,
    fromPort: number,
    host: string,
    port: number,
    callback: Callback<Duplex>,
  ): unknown;
  on(event: "close", listener: () => void): unknown;
  on(event: "error", listener: (error: DriverError) => void): unknown;
  end(): unknown;
}

type Callback<Value> = (error: Error | undefined, value: Value) => void;

interface DriverChannel extends CommandChannel {
  close(): void;
}

interface DriverError extends Error {
  readonly level?: string;
  readonly code?: unknown;
}

/** The stream a connection runs over: a socket, or a way through a jump host. */
export interface Pipe {
  readonly stream: Duplex;
  /** Bytes that have come from the server so far. */
  readonly received: () => number;
  /** The connection to the jump host. It serves this stream alone, and ends with it. */
  readonly jump?: MultiplexedConnection;
}

/** What is known after a login. */
interface LoggedIn extends Pick<MultiplexedConnection, "printed"> {
  readonly host: string;
}

/** One login, on which several commands run at the same time. */
export class MultiplexedConnection implements Disposable {
  /** What ssh prints on stderr whenever it connects with these settings. */
  readonly printed: string;
  readonly #client: DriverClient;
  readonly #pipe: Pipe;
  #busy = 0;
  #isRetired = false;
  #isUsed = false;
  #end: StderrLine | "silence" | undefined;

  constructor(client: DriverClient, pipe: Pipe, { printed, host }: LoggedIn) {
    this.printed = printed;
    this.#client = client;
    this.#pipe = pipe;
    client.on("error", (error) => {
      this.#end ??= describeEnd(error, host);
    });
    client.on("close", () => {
      this.#end ??= stderrLine("fatal", `Connection to ${host} closed by remote host.`);
      pipe.jump?.[Symbol.dispose]();
    });
  }

  get isUsable(): boolean {
    return !this.#isRetired && this.#end === undefined && this.#pipe.stream.writable;
  }

  /** A command has been executed, or tried. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Bytes the server has sent so far. */
  get received(): number {
    return this.#pipe.received();
  }

  /** Calls the listener when the connection has ended, for whatever reason. */
  onClose(listener: () => void): void {
    this.#client.on("close", listener);
  }

  /** From now on the connection takes no command, and it ends when the commands that run have ended. */
  retire(): void {
    this.#isRetired = true;
    if (this.#busy === 0) this[Symbol.dispose]();
  }

  /** Runs a command. When the signal is aborted the promise rejects, and the connection is retired. */
  async execute(command: RemoteCommand, { signal, stageMs }: Patience): Promise<Execution> {
    signal.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    // The command goes on running on the server and holds one of its sessions, so the connection is not used
    // again.
    const stop = () => {
      this.#isRetired = true;
      reject(signal.reason);
    };
    using _stopping = whenAborted(signal, stop);
    this.#busy += 1;
    try {
      // A connection that was kept may be dead without a sign. On a new one ssh waits for the server, too.
      const confirmMs = this.#isUsed ? stageMs : undefined;
      this.#isUsed = true;
      return await Promise.race([this.#execute(command, signal, confirmMs), promise]);
    } finally {
      this.#busy -= 1;
      if (this.#isRetired) this.retire();
    }
  }

  /** Opens a stream to another host through this connection, as `ssh -W` does. */
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

  async #execute(
    command: RemoteCommand,
    signal: AbortSignal,
    confirmMs: number | undefined,
  ): Promise<Execution> {
    const opened = await this.#open(command, confirmMs);
    if (opened === "refused" || opened === "unsent") return { kind: opened };
    const outcome = opened === "lost" ? NO_OUTCOME : await readUntilAborted(opened, signal);
    const end = this.#end;
    if (outcome.returnCode !== undefined || end === undefined) return { kind: "ran", outcome };
    // ssh does not notice that a server has gone silent: it waits until its time is up, and so does this.
    return end === "silence" ? new Promise(() => {}) : { kind: "lost", outcome, lastLine: end };
  }

  /** Opens a channel and sends the command. The driver does both in one step. */
  #open({ text, environment }: RemoteCommand, confirmMs: number | undefined): Promise<Opened> {
    const { promise, resolve, reject } = Promise.withResolvers<Opened>();
    const { received } = this;
    const replace = () => {
      // The driver sends the command when the channel is confirmed. No byte has come back, so it has not been
      // sent.
      if (this.#busy > 1 || this.received !== received) return;
      this[Symbol.dispose]();
      resolve("unsent");
    };
    const timer = confirmMs === undefined ? undefined : setTimeout(replace, confirmMs);
    try {
      this.#client.exec(text, { env: environment }, (error, channel) => {
        // It is read at once, because the driver may already have all the output of a quick command.
        if (error === undefined) resolve({ channel, outcome: readChannel(channel) });
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
  readonly outcome: Promise<RemoteOutcome>;
}

type Opened = OpenChannel | "refused" | "unsent" | "lost";

const NO_OUTCOME: RemoteOutcome = { returnCode: undefined, stdout: "", stderr: "" };

async function readUntilAborted(
  { channel, outcome }: OpenChannel,
  signal: AbortSignal,
): Promise<RemoteOutcome> {
  using _closing = whenAborted(signal, () => channel.close());
  return await outcome;
}

function describeEnd(error: DriverError, host: string): StderrLine | "silence" {
  if (error.level === "client-timeout") return "silence";
  if (error.code !== "ECONNRESET") return stderrLine("fatal", `Connection to ${host} closed by remote host.`);
  return stderrLine("fatal", `Read from remote host ${host}: Connection reset by peer`);
}
