/** In bytes. The longest configuration with every option and its help has 60,000. */
export const MAX_FILE_SIZE = 1_048_576;
const MAX_TOTAL = 8 * MAX_FILE_SIZE;
const MAX_FILES = 1000;
/** In the folders that are read, and in those below. */
const MAX_NAMES = 20_000;

/** What may be read for one configuration, so that a wrong path costs a moment and not a minute. */
export class ReadBudget {
  #bytes = 0;
  #files = 0;
  #names = 0;

  /** What there is too much of. Undefined: nothing. */
  get excess(): string | undefined {
    if (this.#files > MAX_FILES) return `more than ${MAX_FILES} files and folders`;
    if (this.#bytes > MAX_TOTAL) return `more than ${MAX_TOTAL} bytes`;
    return this.#names > MAX_NAMES ? `more than ${MAX_NAMES} names in folders` : undefined;
  }

  countFile(bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
  }

  countFolder(names: number): void {
    this.#files += 1;
    this.#names += names;
  }
}
