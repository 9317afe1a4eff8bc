import type { SshSessions } from "../../sdk/context/sessions.ts";
import {
  CheckDeclined,
  CheckFailure,
  CRITICAL,
  RESOLVER,
  type Shared,
  type SshOutcome,
  type SshServer,
  STATE_NAMES,
  withinSeconds,
} from "../../sdk/index.ts";
import type { Patience } from "./client/login-clock.ts";
import { SSH_LOGINS, SshPool } from "./client/pool.ts";
import { isUnambiguousHost, readSettings, type SshArguments } from "./openssh/arguments.ts";
import { SshFailure } from "./openssh/failure.ts";

/** In seconds. */
const TIMEOUT = 10;
/** More than the servers of any site. Settings are read anew for one that was forgotten. */
const MAX_KNOWN = 10_000;

/** The ssh connections of authors: `context.ssh`. They are kept whatever check_by_ssh does. */
export const AUTHOR_SSH: Shared<SshSessions> = {
  name: "ssh of authors",
  create({ log, shared }) {
    const options = { log, resolver: shared(RESOLVER), logins: shared(SSH_LOGINS), isKeeping: () => true };
    return new AuthorSsh(new SshPool(options));
  },
};

class AuthorSsh implements SshSessions {
  readonly #pool: SshPool;
  /** The pool keeps what it has read of files for the same object. */
  readonly #known = new Map<string, SshArguments>();

  constructor(pool: SshPool) {
    this.#pool = pool;
  }

  async run(server: SshServer, command: string, signal: AbortSignal): Promise<SshOutcome> {
    const { timeout = TIMEOUT } = server;
    const onTimeout = () => failureOf(server, `no answer over ssh within ${timeout} seconds`);
    // No plugin could do better with a slow server, so a login may take all of the time.
    const work = (deadline: AbortSignal) =>
      this.#execute(server, command, { signal: deadline, stageMs: timeout * 1000 });
    try {
      return await withinSeconds({ seconds: timeout, signal, onTimeout }, work);
    } catch (error) {
      if (error instanceof SshFailure) throw failureOf(server, describe(error));
      if (!(error instanceof CheckDeclined) || error.otherwise !== undefined) throw error;
      const otherwise = failureOf(server, `ssh is not possible here: ${error.message}`);
      throw new CheckDeclined(error.message, { otherwise, cause: error });
    }
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }

  async #execute(server: SshServer, command: string, patience: Patience): Promise<SshOutcome> {
    const plan = this.#pool.plan(this.#argumentsOf(server));
    const { environment } = plan;
    const executed = await this.#pool.execute(plan, { text: command, environment }, patience);
    if (executed.kind === "lost") throw failureOf(server, "the connection was lost");
    const { returnCode = 255, stdout, stderr } = executed.outcome;
    return { returnCode, stdout: toText(stdout), stderr: toText(stderr) };
  }

  #argumentsOf(server: SshServer): SshArguments {
    const { host, user, port, identity, options = [] } = server;
    const key = JSON.stringify([host, user, port, identity, options]);
    const known = this.#known.get(key) ?? readServer(server);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(key, known);
    return known;
  }
}

function readServer({ host, user, port, identity, options = [] }: SshServer): SshArguments {
  const given = [
    ...options.map((text) => ({ name: "sshOptions", text })),
    ...(user === undefined ? [] : [{ name: "user", text: user }]),
    ...(port === undefined ? [] : [{ name: "port", text: `${port}` }]),
    ...(identity === undefined ? [] : [{ name: "identity", text: identity }]),
  ];
  const settings = readSettings(given);
  if (settings === undefined) throw new TypeError(`ssh ${host}: one of the options is not understood`);
  if (!isUnambiguousHost(host)) throw new TypeError(`ssh: ${host} is no host name or address`);
  const identities = identity === undefined ? [] : [identity];
  return { host, settings, identities, configFile: undefined, family: undefined, isQuiet: false };
}

function failureOf({ host, failure = CRITICAL }: SshServer, what: string): CheckFailure {
  return new CheckFailure(`${STATE_NAMES[failure]} - ${host}: ${what}`, failure);
}

/** The last line that ssh would print. */
function describe({ lines }: SshFailure): string {
  const said = lines.map(({ text }) => text.trim()).filter((text) => text !== "");
  return said.at(-1) ?? "ssh failed";
}

function toText(bytes: string): string {
  return /[^\0-\x7f]/.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}
