/** A device may be given another address. An answer that old tells nothing any more. */
const VALID_MS = 600_000;
const MOST = 10_000;

/** `undefined`: several names have the address. */
interface Known {
  readonly name: string | undefined;
  readonly until: number;
}

/** Which name the answers of the last minutes have given for an address. */
export class KnownNames {
  readonly #byAddress = new Map<string, Known>();

  /** `now` is in milliseconds. */
  learn(name: string, addresses: readonly string[], now: number): void {
    for (const address of addresses) {
      const before = this.#byAddress.get(address);
      const isOther = before !== undefined && before.until > now && before.name !== name;
      if (isOther && before.name === undefined) continue;
      // Once there are several, that stays so until the first of them was not heard of for long.
      if (this.#byAddress.size >= MOST) this.#byAddress.clear();
      this.#byAddress.set(address, { name: isOther ? undefined : name, until: now + VALID_MS });
    }
  }

  /** Undefined: no name is known, or several are. */
  nameOf(address: string, now: number): string | undefined {
    const known = this.#byAddress.get(address);
    return known !== undefined && known.until > now ? known.name : undefined;
  }
}
