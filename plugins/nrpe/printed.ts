import type { CheckOutput } from "../../sdk/index.ts";

/** What the plugin has printed so far, on both streams. It writes stdout when it ends. */
export class Printed {
  readonly #stdout: string[] = [];
  readonly #stderr: string[];

  constructor(joinsStreams: boolean) {
    this.#stderr = joinsStreams ? this.#stdout : [];
  }

  /** Adds a line to stdout. */
  line(text: string): void {
    this.#stdout.push(`${text}\n`);
  }

  /** Adds a line to stderr, which may be stdout. */
  complaint(text: string): void {
    this.#stderr.push(`${text}\n`);
  }

  end({ returnCode, first }: Pick<Ended, "returnCode" | "first">): CheckOutput {
    const stderr = this.#stderr === this.#stdout ? "" : this.#stderr.join("");
    // The kernel keeps eight bits of a return code.
    return { returnCode: returnCode & 0xff, output: `${first}${this.#stdout.join("")}`, stderr };
  }
}

/** The plugin ends here, from any depth. */
export class Ended extends Error {
  override readonly name = "Ended";
  readonly returnCode: number;
  /** What the plugin writes before all that it has printed: its time-out does not use the same buffer. */
  readonly first: string;

  constructor(returnCode: number, first = "") {
    super(`the plugin ends with ${returnCode}`);
    this.returnCode = returnCode;
    this.first = first;
  }
}
