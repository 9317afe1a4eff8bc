import type { CheckContext } from "../check.ts";
import { type Deadline, deadlineOf } from "../deadline.ts";
import { createHttp } from "../http/create-http.ts";
import type { Http } from "../http/http.ts";
import { VALUES } from "../values/value-store.ts";
import { createValues, type Values } from "../values/values.ts";
import { createSnmp, createSsh } from "./sessions.ts";
import type { Snmp } from "./snmp.ts";
import type { Ssh } from "./ssh.ts";

/** What `run` of a check gets: what the worker gives for one run, and what is made of it. */
export interface RunContext extends CheckContext {
  /** Asks web servers, with login and TLS, within the time of the check. */
  readonly http: Http;
  /**
   * What this command line remembers from run to run. A check that stands in for a plugin has to say
   * `keepsState: () => true`, as shadow mode must not change what is remembered.
   */
  readonly values: Values;
  /** Asks SNMP agents over sessions that are kept. For a site's own checks, which run in a thread. */
  readonly snmp: Snmp;
  /** Runs commands on servers over connections that are kept. For a site's own checks. */
  readonly ssh: Ssh;
}

/** What a test gives in place of sessions. */
export type SessionStandIns = Partial<Pick<RunContext, "snmp" | "ssh">>;

interface RememberingRun {
  readonly check: string;
  readonly argv: readonly string[];
  /** False: the run may be one of shadow mode. */
  readonly mayRemember: boolean;
}

/** The context that the worker gives, with what is made of it when the check asks for it. */
class ExtendedContext implements RunContext {
  readonly shared: CheckContext["shared"];
  readonly log: CheckContext["log"];
  readonly execute: CheckContext["execute"];
  readonly #context: CheckContext & SessionStandIns;
  readonly #run: RememberingRun;

  constructor(context: CheckContext, run: RememberingRun) {
    this.#context = context;
    this.#run = run;
    this.shared = context.shared;
    this.log = context.log;
    this.execute = context.execute;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** For `deadlineOf`. */
  get deadline(): Deadline {
    return deadlineOf(this.#context);
  }

  get http(): Http {
    return createHttp(this.#context);
  }

  get snmp(): Snmp {
    return this.#context.snmp ?? createSnmp(this.#context);
  }

  get ssh(): Ssh {
    return this.#context.ssh ?? createSsh(this.#context);
  }

  get values(): Values {
    const { check, argv: given, mayRemember } = this.#run;
    const argv = this.#context.words ?? given;
    if (!mayRemember)
      throw new TypeError(`${check} remembers values, so it has to say so: keepsState: () => true`);
    return createValues({ store: this.#context.shared(VALUES), check, argv });
  }
}

export function extendContext(context: CheckContext, run: RememberingRun): RunContext {
  return new ExtendedContext(context, run);
}
