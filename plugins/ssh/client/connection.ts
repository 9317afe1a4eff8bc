import { connect } from "node:net";
import type {
  Algorithms,
  AnyAuthMethod,
  BaseAgent,
  ConnectConfig,
  GetStreamCallback,
  NextAuthHandler,
  ParsedKey,
  SignCallback,
  SigningRequestOptions,
} from "ssh2";
import { whenAborted } from "../../../sdk/deadline.ts";
import { CheckDeclined, type Resolver } from "../../../sdk/index.ts";
import type { SshDestination } from "../openssh/destination.ts";
import { SshFailure, stderrLine } from "../openssh/failure.ts";
import type { Files } from "../openssh/files.ts";
import { type KnownHost, readKnownHost } from "../openssh/host-key.ts";
import { type Identity, listIdentities } from "../openssh/identities.ts";
import { chooseAlgorithms } from "./algorithms.ts";
import { dial, ServerDropped } from "./dial.ts";
import { holdFirstLine } from "./first-line.ts";
import { keepKeyObjects } from "./key-objects.ts";
import { Login } from "./login.ts";
import { LoginClock, type Patience } from "./login-clock.ts";
import { MultiplexedConnection, type Pipe } from "./multiplexed-connection.ts";

/** With these two a dead server is noticed within about a minute. */
const KEEPALIVE_MS = 20_000;
const MAX_KEEPALIVES_UNANSWERED = 2;

type Driver = typeof import("ssh2");

/** Loads the driver for the first connection, or earlier. This file is the only one that imports it. */
export async function loadDriver(): Promise<Driver> {
  return (await import("ssh2")).default;
}

/** What openConnection needs besides the destination. */
export interface ConnectContext {
  readonly files: Files;
  readonly resolver: Resolver;
}

/**
 * Connects and logs in. Throws an SshFailure with what ssh would print, or a CheckDeclined where ssh has to
 * do it.
 */
export async function openConnection(
  destination: SshDestination,
  context: ConnectContext,
  patience: Patience,
): Promise<MultiplexedConnection> {
  const { files } = context;
  const { signal, stageMs } = patience;
  const driver = await loadDriver();
  const knownHost = await readKnownHost(destination, files);
  const identities = await listIdentities(destination, {
    files,
    parseKey: (text): ParsedKey | Error => driver.utils.parseKey(text),
    listAgentKeys: (path) => listAgentKeys(openAgent(driver, path, signal)),
  });
  signal.throwIfAborted();
  const startedAt = performance.now();
  const pipe = await openPipe(destination, context, patience);
  const parts: LoginParts = {
    driver,
    destination,
    pipe,
    knownHost,
    login: new Login(destination, knownHost, identities),
    signal,
  };
  using _closing = whenAborted(signal, () => pipe.stream.destroy());
  using clock = new LoginClock(stageMs, (reason) => giveUp(parts, reason));
  const timer = watchFirstLine(parts, startedAt);
  try {
    return await logIn(parts, clock, () => clearTimeout(timer));
  } catch (error) {
    pipe.stream.destroy();
    pipe.jump?.[Symbol.dispose]();
    signal.throwIfAborted();
    // ssh starts another ssh for the jump host, and the words of the failure depend on that one.
    throw pipe.jump !== undefined && error instanceof SshFailure ? new CheckDeclined(OVER_JUMP_HOST) : error;
  } finally {
    clearTimeout(timer);
  }
}

const OVER_JUMP_HOST = "a connection over a jump host failed";

async function openPipe(
  destination: SshDestination,
  context: ConnectContext,
  patience: Patience,
): Promise<Pipe> {
  const { signal } = patience;
  if (destination.jump === undefined) {
    const stream = await dial(destination, context.resolver, signal);
    return { stream, received: () => stream.bytesRead };
  }
  const jump = await openConnection(destination.jump, context, patience).catch((error: unknown) => {
    throw error instanceof SshFailure ? new CheckDeclined(OVER_JUMP_HOST, { cause: error }) : error;
  });
  const close = () => jump[Symbol.dispose]();
  using _closing = whenAborted(signal, close);
  try {
    const stream = await jump.forward(destination.host, destination.port);
    return { stream, received: () => jump.received, jump };
  } catch (error) {
    close();
    throw error;
  }
}

interface LoginParts {
  readonly driver: Driver;
  readonly destination: SshDestination;
  readonly pipe: Pipe;
  readonly knownHost: KnownHost;
  readonly login: Login<ParsedKey>;
  readonly signal: AbortSignal;
}

/** ConnectTimeout also limits the wait for the server's first line. */
function watchFirstLine(parts: LoginParts, startedAt: number): NodeJS.Timeout | undefined {
  const { connectTimeout, host, port } = parts.destination;
  if (connectTimeout === undefined) return undefined;
  const failure = new SshFailure([
    stderrLine("error", "Connection timed out during banner exchange"),
    stderrLine("info", `Connection to ${host} port ${port} timed out`),
  ]);
  const left = connectTimeout * 1000 - (performance.now() - startedAt);
  return setTimeout(() => giveUp(parts, failure), left);
}

function giveUp({ login, pipe }: LoginParts, reason: Error): void {
  login.fail(reason);
  pipe.stream.destroy();
}

function logIn(parts: LoginParts, clock: LoginClock, onVersion: () => void): Promise<MultiplexedConnection> {
  const { driver, destination, pipe, login } = parts;
  const client = new driver.Client();
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    let cause: Error | undefined;
    // The driver emits "handshake" after each exchange of keys.
    client.on("handshake", () => {
      clock.nextStage();
      keepKeyObjects(client);
    });
    client.on("banner", (text) => {
      login.hearBanner(text);
      if (login.failure !== undefined) pipe.stream.destroy();
    });
    // This listener is never removed: an error without a listener would end the process. "close" follows each
    // error.
    client.on("error", (error) => {
      cause ??= error;
    });
    client.once("close", () => {
      const Reason = hasBegun ? CheckDeclined : ServerDropped;
      reject(login.failure ?? new Reason("the server does not let this process log in", { cause }));
    });
    client.once("ready", () => {
      const printed = (pipe.jump?.printed ?? "") + login.printed;
      resolve(new MultiplexedConnection(client, pipe, { printed, host: destination.host }));
    });
    holdFirstLine(pipe.stream, {
      onVersion,
      onPacket() {
        hasBegun = true;
        clock.nextStage();
      },
      onJunk: (why) => giveUp(parts, new CheckDeclined(`the server is no usual one: ${why}`)),
    });
    client.connect(createConfig(parts));
  });
}

function createConfig(parts: LoginParts): ConnectConfig {
  const { destination, pipe, knownHost, login } = parts;
  const { user: username } = destination;
  return {
    sock: pipe.stream,
    username,
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: MAX_KEEPALIVES_UNANSWERED,
    algorithms: chooseAlgorithms(destination, knownHost.keys) as Algorithms,
    hostVerifier: (key: Buffer) => login.acceptsHostKey(key),
    authHandler(methods: readonly string[] | null, isPartial: boolean | null, next: NextAuthHandler) {
      if (methods === null) return next({ type: "none", username });
      const identity = login.nextIdentity(methods, isPartial === true);
      if (identity === undefined) pipe.stream.destroy();
      else next(createAuthMethod(parts, identity));
    },
  };
}

function createAuthMethod(
  { driver, destination, login, signal }: LoginParts,
  { key, isInAgent }: Identity<ParsedKey>,
): AnyAuthMethod {
  const { user: username, agent, allowsSha1 } = destination;
  if (isInAgent && agent !== undefined) {
    return { type: "agent", username, agent: openAgent(driver, agent, signal, { key, login, allowsSha1 }) };
  }
  return { type: "publickey", username, key: allowsSha1 ? key : withoutSha1(key, login) };
}

/** The driver would sign with SHA-1 for a server that knows nothing better. OpenSSH no longer does. */
function withoutSha1(key: ParsedKey, login: Login<ParsedKey>): ParsedKey {
  const sign = (data: Buffer, hash?: string) => (hash === "sha1" ? refuseSha1(login) : key.sign(data, hash));
  return Object.create(key, { sign: { value: sign } });
}

function refuseSha1(login: Login<ParsedKey>): Error {
  const refusal = new CheckDeclined("the server wants signatures with SHA-1");
  login.fail(refusal);
  return refusal;
}

/**
 * An agent whose sockets are closed when the signal is aborted. `only` limits it to one of its keys, because
 * the driver would offer all of them.
 */
function openAgent(
  driver: Driver,
  path: string,
  signal: AbortSignal,
  only?: { readonly key: ParsedKey; readonly login: Login<ParsedKey>; readonly allowsSha1: boolean },
): BaseAgent {
  const getStream = (callback: GetStreamCallback) => {
    const socket = connect({ path, signal });
    socket.once("connect", () => callback(null, socket)).once("error", (error) => callback(error));
  };
  const agent: BaseAgent = Object.create(driver.createAgent(path), { getStream: { value: getStream } });
  if (only === undefined) return agent;
  const { key, login, allowsSha1 } = only;
  const getIdentities: BaseAgent["getIdentities"] = (callback) => callback(undefined, [key]);
  const sign = (held: ParsedKey, data: Buffer, options: SigningRequestOptions, callback: SignCallback) => {
    if (options.hash === "sha1" && !allowsSha1) callback(refuseSha1(login));
    else agent.sign(held, data, options, callback);
  };
  return Object.create(agent, { getIdentities: { value: getIdentities }, sign: { value: sign } });
}

/** The agent's keys. There are none where the agent does not answer, as for ssh. */
function listAgentKeys(agent: BaseAgent): Promise<readonly ParsedKey[]> {
  return new Promise((resolve) => {
    agent.getIdentities((error, keys) => resolve(error ? [] : ((keys ?? []) as readonly ParsedKey[])));
  });
}
