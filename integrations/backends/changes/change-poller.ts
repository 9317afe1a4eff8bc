import { ChannelError } from "../channel.ts";
import type { Change, ChangeSource } from "./change.ts";
import type { ChangeReader, Mark, Standing } from "./change-reader.ts";
import { byIdentity, changeOf, identityOf, latestByTarget, type Marks, mayBeOver } from "./marks.ts";
import { Standings } from "./standings.ts";

export interface Polling {
  readonly everyMs: number;
  /** Without it downtimes are not even asked for. */
  readonly hasDowntimes: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What was there at a look. */
interface Look {
  readonly at: number;
  /** The acknowledgements that are known, by their target. */
  readonly acknowledgements: Marks;
  /** The identities of those that were seen for the first time. */
  readonly unsettled: ReadonlySet<string>;
  readonly downtimes: Marks;
}

/** After a longer time away, or of what was made longer ago, nothing is told. */
const OLD_AFTER_MS = 600_000;

/**
 * Changes of a monitoring that tells of none: it is looked at now and then, and what is there is compared
 * with the look before. The first look tells nothing. An acknowledgement is told when it is seen for the
 * second time, so that a notification of it is in the chat by then, if the core makes one.
 */
export class ChangePoller implements ChangeSource {
  readonly #reader: ChangeReader;
  readonly #polling: Polling;
  readonly #oldAfterMs: number;
  #before: Look | undefined;

  constructor(reader: ChangeReader, polling: Polling) {
    this.#reader = reader;
    this.#polling = polling;
    this.#oldAfterMs = Math.max(OLD_AFTER_MS, 3 * polling.everyMs);
  }

  get lateMs(): number {
    return 2 * this.#polling.everyMs;
  }

  async *follow(onOpen: () => void, signal: AbortSignal): AsyncGenerator<Change> {
    const { everyMs, sleep } = this.#polling;
    for (let looks = 0; !signal.aborted; looks += 1) {
      const changes = await this.#lookUnless(signal);
      if (looks === 0 && !signal.aborted) onOpen();
      yield* changes;
      await sleep(everyMs, signal);
    }
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }

  async #lookUnless(signal: AbortSignal): Promise<readonly Change[]> {
    try {
      return await this.#look(signal);
    } catch (error) {
      if (signal.aborted && error instanceof ChannelError) return [];
      throw error;
    }
  }

  /** Remembers what it has seen only when all was read: what failed is compared again next time. */
  async #look(signal: AbortSignal): Promise<readonly Change[]> {
    const acknowledgements = latestByTarget(await this.#reader.acknowledgements(signal));
    const { now, hasDowntimes } = this.#polling;
    const downtimes = byIdentity(hasDowntimes ? await this.#reader.downtimes(signal) : []);
    const seen: Look = { at: now(), acknowledgements, unsettled: new Set(), downtimes };
    const before = this.#before;
    if (before === undefined || seen.at - before.at > this.#oldAfterMs) {
      this.#before = seen;
      return [];
    }
    const standings = new Standings(this.#reader, signal);
    const made = this.#compareAcknowledgements(before, seen);
    const isNew = (mark: Mark) => this.#isNew(mark, seen);
    const removed = await findUnacknowledged(before, seen, { standings, isNew });
    const set = [...downtimes].filter(([key, mark]) => !before.downtimes.has(key) && isNew(mark));
    const cancelled = await findCancelled(before, seen, { standings, isNew });
    this.#before = {
      at: seen.at,
      unsettled: made.unsettled,
      acknowledgements: new Map([...made.known, ...removed.kept]),
      downtimes: new Map([...downtimes, ...cancelled.kept]),
    };
    return [
      ...removed.told.map((mark) => changeOf("unacknowledged", mark)),
      ...made.told.map((mark) => changeOf("acknowledged", mark)),
      ...cancelled.told.map((mark) => changeOf("downtime-removed", mark)),
      ...set.map(([, mark]) => changeOf("downtime", mark)),
    ];
  }

  #compareAcknowledgements(before: Look, seen: Look) {
    const known = new Map<string, Mark>();
    const unsettled = new Set<string>();
    const told: Mark[] = [];
    for (const [key, mark] of seen.acknowledgements) {
      const other = before.acknowledgements.get(key);
      const identity = identityOf(mark);
      // An earlier one is what is left when a later one is gone.
      const isKnown =
        other !== undefined && (other.enteredAt > mark.enteredAt || identityOf(other) === identity);
      if (isKnown || !this.#isNew(mark, seen)) known.set(key, mark);
      else if (before.unsettled.has(identity)) {
        known.set(key, mark);
        told.push(mark);
      } else {
        unsettled.add(identity);
        if (other !== undefined) known.set(key, other);
      }
    }
    return { known, unsettled, told };
  }

  /** Not what was made long ago, as when a core behind Thruk is there again, and not what is over. */
  #isNew({ enteredAt, endsAt = Number.POSITIVE_INFINITY }: Mark, { at }: Look): boolean {
    return at - enteredAt * 1_000 <= this.#oldAfterMs && endsAt * 1_000 > at;
  }
}

interface Judging {
  readonly standings: Standings;
  /** It would be told if it appeared now. */
  readonly isNew: (mark: Mark) => boolean;
}

/** What is gone, and was taken back. `kept`: nobody knows yet, or it may come back with its target. */
interface Gone {
  readonly told: readonly Mark[];
  readonly kept: Marks;
}

/** An acknowledgement ends by itself when all is well again. */
async function findUnacknowledged(before: Look, seen: Look, judging: Judging): Promise<Gone> {
  const told: Mark[] = [];
  const kept = new Map<string, Mark>();
  for (const [key, mark] of before.acknowledgements) {
    // A persistent comment of an earlier one may be left.
    const { enteredAt = 0 } = seen.acknowledgements.get(key) ?? {};
    if (enteredAt >= mark.enteredAt) continue;
    const standing = await ask(mark, judging);
    if (standing === "keep") kept.set(key, mark);
    else if (standing !== undefined && isLeft(standing, mark)) told.push(mark);
  }
  return { told, kept };
}

/** Not with its target: that was taken out of the configuration, or the core is away. */
async function findCancelled(before: Look, seen: Look, judging: Judging): Promise<Gone> {
  const told: Mark[] = [];
  const kept = new Map<string, Mark>();
  for (const [key, mark] of before.downtimes) {
    if (seen.downtimes.has(key) || mayBeOver(mark, seen.at / 1_000)) continue;
    const standing = await ask(mark, judging);
    if (standing === "keep") kept.set(key, mark);
    else if (standing !== undefined) told.push(mark);
  }
  return { told, kept };
}

async function ask(mark: Mark, { standings, isNew }: Judging): Promise<Standing | "keep" | undefined> {
  const standing = await standings.of(mark.target);
  if (standing === "later") return "keep";
  return standing === undefined && isNew(mark) ? "keep" : standing;
}

/** The same problem, without an acknowledgement. */
function isLeft({ isWell, isAcknowledged, wellAt }: Standing, { enteredAt }: Mark): boolean {
  return !isWell && !isAcknowledged && wellAt <= enteredAt;
}
