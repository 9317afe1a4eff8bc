import type { Clock } from "../client/clock.ts";
import { fetchGroups, fetchPerson, type Person } from "../client/people.ts";
import type { ZulipClient } from "../client/zulip-client.ts";

/** Somebody with the names of the groups that count. */
export interface Member extends Person {
  readonly groups: readonly string[];
}

export interface PeopleOptions {
  readonly client: ZulipClient;
  readonly clock: Clock;
  readonly maxAgeMs: number;
  /** No rule names a group: then nobody is asked for them. */
  readonly hasGroups: boolean;
}

interface Known<Value> {
  readonly value: Value;
  readonly at: number;
}

const MAX_PEOPLE = 1_000;

/** Who people are, what they may and in which groups they are: never older than a given time. */
export class PeopleCache {
  readonly #options: PeopleOptions;
  readonly #people = new Map<number, Known<Person>>();
  #groups: Known<(userId: number) => readonly string[]> | undefined;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** Undefined: there is nobody of this number. */
  async find(userId: number): Promise<Member | undefined> {
    const person = await this.#person(userId);
    return person && { ...person, groups: await this.#groupsOf(userId) };
  }

  async #person(userId: number): Promise<Person | undefined> {
    const known = this.#people.get(userId);
    if (this.#isFresh(known)) return known.value;
    const at = this.#options.clock.elapsed();
    const value = await fetchPerson(this.#options.client, userId);
    this.#people.delete(userId);
    if (value === undefined) return undefined;
    const [oldest] = this.#people.keys();
    if (this.#people.size >= MAX_PEOPLE && oldest !== undefined) this.#people.delete(oldest);
    this.#people.set(userId, { value, at });
    return value;
  }

  async #groupsOf(userId: number): Promise<readonly string[]> {
    const { client, clock, hasGroups } = this.#options;
    if (!hasGroups) return [];
    if (!this.#isFresh(this.#groups)) {
      const at = clock.elapsed();
      this.#groups = { value: await fetchGroups(client), at };
    }
    return this.#groups.value(userId);
  }

  #isFresh<Value>(known: Known<Value> | undefined): known is Known<Value> {
    const { clock, maxAgeMs } = this.#options;
    return known !== undefined && clock.elapsed() - known.at < maxAgeMs;
  }
}
