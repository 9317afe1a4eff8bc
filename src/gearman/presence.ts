import type { Log } from "../log.ts";
import { renderServerAddress, type ServerAddress } from "./server-address.ts";
import type { Trouble } from "./trouble.ts";

export interface PresenceOptions {
  readonly server: ServerAddress;
  readonly log: Log;
  /** What the log calls the server: `job server`. */
  readonly role?: string;
  readonly remindAfterMs?: number;
}

const REMIND_AFTER_MS = 60_000;
/** Absences that are told each, within `remindAfterMs`. Of more there is no line but the reminders. */
const MOST_TOLD = 10;

/**
 * What the log says about one server, however many connections there are to it: one line when it goes away,
 * one a minute while it is away, one when it is back. A server is away while any of its connections is in
 * trouble. Another kind of trouble is worth a line of its own, once in the same absence. A server that comes
 * and goes many times a minute does not fill the log.
 */
export class Presence {
  readonly #log: Log;
  readonly #name: string;
  readonly #role: string;
  readonly #remindAfterMs: number;
  /** The connections that are in trouble. */
  readonly #troubles = new Map<object, Trouble>();
  readonly #said = new Set<string>();
  #saidMs = 0;
  #sinceMs = 0;
  #wasThere = false;
  /** When the last absences that were told have begun, `MOST_TOLD` at most. */
  readonly #told: number[] = [];
  /** Absences since the last line that have none. */
  #untold = 0;
  #isWritten = false;

  constructor({ server, log, role = "job server", remindAfterMs = REMIND_AFTER_MS }: PresenceOptions) {
    this.#log = log;
    this.#name = renderServerAddress(server);
    this.#role = role;
    this.#remindAfterMs = remindAfterMs;
  }

  /** Why the server is away. Undefined: it is there. */
  get reason(): string | undefined {
    return this.#troubles.values().next().value?.reason;
  }

  /** A connection has, or still has, some trouble. May be called as often as one likes. */
  missed(connection: object, trouble: Trouble): void {
    const now = performance.now();
    if (this.#troubles.size === 0) this.#begin(now, trouble.kind === "silent" ? trouble.silentMs : 0);
    this.#troubles.set(connection, trouble);
    const kind = familyOf(trouble);
    if (this.#said.has(kind) && now - this.#saidMs < this.#remindAfterMs) return;
    this.#write(trouble, now);
    this.#said.add(kind);
    this.#saidMs = now;
  }

  /** A connection is made and the server has answered on it, or answers again. */
  seen(connection: object): void {
    const trouble = this.#troubles.get(connection);
    this.#troubles.delete(connection);
    if (this.#troubles.size > 0 || (trouble === undefined && this.#wasThere)) return;
    if (!this.#wasThere || trouble === undefined) this.#log.info(this.#connected());
    else if (this.#isWritten) this.#log.info(this.#returned(trouble));
    this.#wasThere = true;
  }

  /** A connection was closed by us. */
  forget(connection: object): void {
    this.#troubles.delete(connection);
  }

  #begin(now: number, silentMs: number): void {
    this.#sinceMs = now - silentMs;
    this.#isWritten = false;
    const [oldest = Number.NEGATIVE_INFINITY] = this.#told;
    if (this.#told.length >= MOST_TOLD && now - oldest < this.#remindAfterMs) {
      this.#untold += 1;
      return;
    }
    this.#told.push(now);
    this.#told.splice(0, this.#told.length - MOST_TOLD);
    this.#said.clear();
  }

  #connected(): string {
    return `connected to ${this.#role} ${this.#name}`;
  }

  #returned(trouble: Trouble): string {
    const after = `again after ${seconds(performance.now() - this.#sinceMs)} s`;
    if (trouble.kind !== "silent") return `${this.#connected()} ${after}`;
    return `${this.#role} ${this.#name} answers ${after}`;
  }

  #write(trouble: Trouble, now: number): void {
    const untold = this.#untold > 0 ? { untold: this.#untold } : {};
    this.#untold = 0;
    this.#isWritten = true;
    const server = this.#name;
    if (trouble.kind === "silent") {
      this.#log.warn({ server, seconds: seconds(trouble.silentMs), ...untold }, this.#describe(trouble));
      return;
    }
    const isStill = this.#said.has(familyOf(trouble));
    const away = isStill ? { seconds: seconds(now - this.#sinceMs) } : {};
    this.#log.warn({ server, reason: trouble.reason, ...away, ...untold }, this.#describe(trouble));
  }

  #describe(trouble: Trouble): string {
    const role = this.#role;
    switch (trouble.kind) {
      case "silent":
        if (trouble.isKnown) return `the ${role} does not answer`;
        return `no answer from the ${role}: it hangs, or nothing there speaks Gearman`;
      case "foreign":
        return `nothing there speaks Gearman, is this the port of a ${role}?`;
      case "tls":
        return `no TLS with the ${role}`;
      case "lost":
        return `lost the connection to the ${role}`;
      case "unreachable":
        return `${this.#said.has("away") ? "still cannot" : "cannot"} connect to the ${role}`;
    }
  }
}

/** To lose a connection and to get none are the same absence. */
function familyOf({ kind }: Trouble): string {
  return kind === "lost" || kind === "unreachable" ? "away" : kind;
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
