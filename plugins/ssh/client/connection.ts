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
import type { Target } from "../openssh/destination.ts";
import { line, ServerDropped, SshFailure } from "../openssh/failure.ts";
import type { Files } from "../openssh/files.ts";
import { type KnownHost, readKnownHost } from "../openssh/host-key.ts";
import { type Identity, listIdentities } from "../openssh/identities.ts";
import { chooseAlgorithms } from "./algorithms.ts";
import { dial } from "./dial.ts";
import { keepKeys } from "./key-objects.ts";
import { Login } from "./login.ts";
import { LiveConnection, type Pipe } from "./multiplexed-connection.ts";

/** Dead servers are noticed within a minute or so. */
const KEEPALIVE_MS = 20_000;
const KEEPALIVES_UNANSWERED = 2;

/** Of a server's identification: RFC 4253. */
const LONGEST_FIRST_LINE = 255;

type Driver = typeof import("ssh2");

/** The door to the driver: nothing else imports it, and it is loaded for the first connection, or before. */
export async function loadDriver(): Promise<Driver> {
  return (await import("ssh2")).default;
}

/** What a connection is made with. */
export interface ConnectionMeans {
  readonly files: Files;
  readonly resolver: Resolver;
}

/** Connects and logs in. Throws an SshFailure with what ssh would say, or a CheckDeclined where ssh has to do it. */
export async function openConnection(
  target: Target,
  means: ConnectionMeans,
  signal: AbortSignal,
): Promise<LiveConnection> {
  const { files } = means;
  const driver = await loadDriver();
  const knownHost = await readKnownHost(target, files);
  const identities = await listIdentities(target, {
    files,
    parseKey: (text): ParsedKey | Error => driver.utils.parseKey(text),
    listHeld: (path) => listHeld(openAgent(driver, path, signal)),
  });
  signal.throwIfAborted();
  const startedAt = performance.now();
  const pipe = await openPipe(target, means, signal);
  const parts: LoginParts = {
    driver,
    target,
    pipe,
    knownHost,
    login: new Login(target, knownHost, identities),
    signal,
  };
  using _closing = whenAborted(signal, () => pipe.stream.destroy());
  const timer = watchFirstByte(parts, startedAt);
  try {
    return await logIn(parts);
  } catch (error) {
    pipe.stream.destroy();
    pipe.jump?.[Symbol.dispose]();
    signal.throwIfAborted();
    // How ssh words it depends on the ssh it has started for the jump host.
    throw pipe.jump !== undefined && error instanceof SshFailure ? new CheckDeclined(OVER_JUMP_HOST) : error;
  } finally {
    clearTimeout(timer);
  }
}

const OVER_JUMP_HOST = "a connection over a jump host failed";

async function openPipe(target: Target, means: ConnectionMeans, signal: AbortSignal): Promise<Pipe> {
  if (target.jump === undefined) {
    const stream = await dial(target, means.resolver, signal);
    return { stream, received: () => stream.bytesRead };
  }
  const jump = await openConnection(target.jump, means, signal).catch((error: unknown) => {
    throw error instanceof SshFailure ? new CheckDeclined(OVER_JUMP_HOST, { cause: error }) : error;
  });
  const close = () => jump[Symbol.dispose]();
  using _closing = whenAborted(signal, close);
  try {
    const stream = await jump.forward(target.host, target.port);
    return { stream, received: () => jump.received, jump };
  } catch (error) {
    close();
    throw error;
  }
}

interface LoginParts {
  readonly driver: Driver;
  readonly target: Target;
  readonly pipe: Pipe;
  readonly knownHost: KnownHost;
  readonly login: Login<ParsedKey>;
  readonly signal: AbortSignal;
}

/** ConnectTimeout also counts for the server's first line. */
function watchFirstByte({ target, pipe, login }: LoginParts, startedAt: number): NodeJS.Timeout | undefined {
  const { connectTimeout, host, port } = target;
  if (connectTimeout === undefined) return undefined;
  const receivedBefore = pipe.jump?.received ?? 0;
  const stop = () => {
    if (pipe.received() > receivedBefore) return;
    login.fail(
      new SshFailure([
        line("error", "Connection timed out during banner exchange"),
        line("info", `Connection to ${host} port ${port} timed out`),
      ]),
    );
    pipe.stream.destroy();
  };
  return setTimeout(stop, connectTimeout * 1000 - (performance.now() - startedAt));
}

function logIn(parts: LoginParts): Promise<LiveConnection> {
  const { driver, target, pipe, login } = parts;
  const client = new driver.Client();
  return new Promise((resolve, reject) => {
    let isEncrypted = false;
    let cause: Error | undefined;
    // After each exchange of keys.
    client.on("handshake", () => {
      isEncrypted = true;
      keepKeys(client);
    });
    client.on("banner", (text) => {
      login.hearBanner(text);
      if (login.failure !== undefined) pipe.stream.destroy();
    });
    // Listened to for good: an error nobody hears would end the process. The end of the connection follows.
    client.on("error", (error) => {
      cause ??= error;
    });
    client.once("close", () => {
      const isDropped = !isEncrypted && pipe.received() <= LONGEST_FIRST_LINE;
      const Reason = isDropped ? ServerDropped : CheckDeclined;
      reject(login.failure ?? new Reason("the server does not let this process log in", { cause }));
    });
    client.once("ready", () => {
      const printed = (pipe.jump?.printed ?? "") + login.printed;
      const { hostKey } = login;
      resolve(new LiveConnection(client, pipe, { printed, hostKey, host: target.host }));
    });
    client.connect(createConfig(parts));
  });
}

function createConfig(parts: LoginParts): ConnectConfig {
  const { target, pipe, knownHost, login } = parts;
  const { user: username } = target;
  return {
    sock: pipe.stream,
    username,
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES_UNANSWERED,
    algorithms: chooseAlgorithms(target, knownHost.keys) as Algorithms,
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
  { driver, target: { user: username, agent }, login, signal }: LoginParts,
  { key, isHeld }: Identity<ParsedKey>,
): AnyAuthMethod {
  if (!isHeld || agent === undefined) return { type: "publickey", username, key: withoutSha1(key, login) };
  return { type: "agent", username, agent: openAgent(driver, agent, signal, { key, login }) };
}

/** To a server that knows nothing better the driver would sign with SHA-1; OpenSSH no longer does. */
function withoutSha1(key: ParsedKey, login: Login<ParsedKey>): ParsedKey {
  const sign = (data: Buffer, hash?: string) => (hash === "sha1" ? refuseSha1(login) : key.sign(data, hash));
  return Object.create(key, { sign: { value: sign } });
}

function refuseSha1(login: Login<ParsedKey>): Error {
  const refusal = new CheckDeclined("the server wants signatures with SHA-1");
  login.fail(refusal);
  return refusal;
}

/** An agent whose sockets end with the signal. `only` limits it to one of its keys: the driver would offer all of them. */
function openAgent(
  driver: Driver,
  path: string,
  signal: AbortSignal,
  only?: { readonly key: ParsedKey; readonly login: Login<ParsedKey> },
): BaseAgent {
  const getStream = (callback: GetStreamCallback) => {
    const socket = connect({ path, signal });
    socket.once("connect", () => callback(null, socket)).once("error", (error) => callback(error));
  };
  const agent: BaseAgent = Object.create(driver.createAgent(path), { getStream: { value: getStream } });
  if (only === undefined) return agent;
  const { key, login } = only;
  const getIdentities: BaseAgent["getIdentities"] = (callback) => callback(undefined, [key]);
  const sign = (held: ParsedKey, data: Buffer, options: SigningRequestOptions, callback: SignCallback) => {
    if (options.hash === "sha1") callback(refuseSha1(login));
    else agent.sign(held, data, options, callback);
  };
  return Object.create(agent, { getIdentities: { value: getIdentities }, sign: { value: sign } });
}

/** None where nobody answers, as ssh has it. */
function listHeld(agent: BaseAgent): Promise<readonly ParsedKey[]> {
  return new Promise((resolve) => {
    agent.getIdentities((error, keys) => resolve(error ? [] : ((keys ?? []) as readonly ParsedKey[])));
  });
}
