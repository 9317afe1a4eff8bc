import type { CheckContext, Shared } from "../check.ts";
import type { Snmp, SnmpAgent, SnmpObject } from "./snmp.ts";
import type { Ssh, SshOutcome, SshServer } from "./ssh.ts";

/** `Snmp` for all checks: the signal is that of the check that asks. */
export interface SnmpSessions extends Disposable {
  readonly get: (
    agent: SnmpAgent,
    oids: readonly string[],
    signal: AbortSignal,
  ) => Promise<readonly SnmpObject[]>;
  readonly walk: (agent: SnmpAgent, oid: string, signal: AbortSignal) => Promise<readonly SnmpObject[]>;
}

/** The same of `Ssh`. */
export interface SshSessions extends Disposable {
  readonly run: (server: SshServer, command: string, signal: AbortSignal) => Promise<SshOutcome>;
}

/** What a module of sessions has. The families of the worker's own checks provide it. */
export interface SessionModule {
  readonly snmp: Shared<SnmpSessions>;
  readonly ssh: Shared<SshSessions>;
}

/** Where the sessions of authors come from. */
export interface SessionSource extends Disposable {
  /** Loads packages, so it is called when a check asks first. */
  readonly load: () => Promise<SessionModule>;
  /** Calls code that belongs to all checks, not to the one that asks. */
  readonly apart: <Value>(code: () => Value) => Value;
}

/** The threads of a site's checks have one. The worker's own checks ask their families. */
export const SESSIONS: Shared<SessionSource> = {
  name: "sessions",
  create() {
    throw new Error("there are no SNMP and SSH sessions here");
  },
};

export function createSnmp(context: CheckContext): Snmp {
  const ask = async <Value>(asking: (sessions: SnmpSessions) => Promise<Value>): Promise<Value> => {
    const source = context.shared(SESSIONS);
    const { snmp } = await source.load();
    return await source.apart(() => asking(context.shared(snmp)));
  };
  const get = (agent: SnmpAgent, oids: readonly string[]) =>
    ask((sessions) => sessions.get(agent, oids, context.signal));
  return {
    // As many objects as OIDs.
    get: get as Snmp["get"],
    walk: (agent, oid) => ask((sessions) => sessions.walk(agent, oid, context.signal)),
  };
}

export function createSsh(context: CheckContext): Ssh {
  return {
    async run(server, command) {
      const source = context.shared(SESSIONS);
      const { ssh } = await source.load();
      return await source.apart(() => context.shared(ssh).run(server, command, context.signal));
    },
  };
}
