/** Pieces of a stream, joined when a message is whole. A piece that holds whole messages is not copied. */
export class Pieces {
  #kept: Buffer[] = [];
  #size = 0;
  #wanted = 0;

  /** Takes a piece. Gives all bytes that were not read yet; undefined while they are fewer than wanted. */
  add(piece: Buffer): Buffer | undefined {
    if (this.#size === 0) return piece;
    this.#kept.push(piece);
    this.#size += piece.length;
    return this.#size < this.#wanted ? undefined : Buffer.concat(this.#kept, this.#size);
  }

  /** Keeps what was not read, until there are so many bytes of it. */
  keep(rest: Buffer, wanted: number): void {
    this.#kept = [rest];
    this.#size = rest.length;
    this.#wanted = wanted;
  }

  /** Says that all was read. */
  clear(): void {
    if (this.#size === 0) return;
    this.#kept = [];
    this.#size = 0;
  }
}
