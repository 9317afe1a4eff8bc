import { renderLine } from "../../log.ts";

const MAX_LINES = 200;
/** A log at the level trace holds whole payloads. */
const MAX_SHOWN = 500;
/** A longer line is shortened when it comes, so that the tail stays small. */
const MAX_KEPT = 4_000;

/** A line of the log as pino writes it, or its text. */
type Line = { readonly json: string } | { readonly text: string };

/**
 * The last 200 lines of the log, as the log has them: what is masked there is masked here. A line is made
 * readable when somebody reads it.
 */
export class LogTail {
  readonly #lines: Line[] = [];
  #count = 0;

  /** Lines since the start. */
  get count(): number {
    return this.#count;
  }

  /** Takes a line of JSON from the log. */
  readonly add = (json: string): void => {
    this.#lines[this.#count % MAX_LINES] = json.length > MAX_KEPT ? { text: show(json) } : { json };
    this.#count += 1;
  };

  /** The lines that are still kept, the oldest first, without the first `from` of all. */
  lines(from = 0): readonly string[] {
    const first = Math.max(from, this.#count - MAX_LINES);
    return Array.from({ length: Math.max(0, this.#count - first) }, (_, at) => {
      const line = this.#lines[(first + at) % MAX_LINES];
      return line === undefined ? "" : "text" in line ? line.text : show(line.json);
    });
  }
}

function show(json: string): string {
  const text = renderLine(json).trimEnd();
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
