/** How much of an answer has come. `unclear`: it is not certain where the answer ends. */
export type Progress = "open" | "complete" | "unclear";

/** What the header of an answer says. */
export interface AnswerHead {
  readonly status: number;
  /** How long the server keeps the connection for another request. 0: it closes the connection. */
  readonly idleMs: number;
  /** True: the body ends with the connection. */
  readonly isUnbounded?: true;
}

export interface FramingRules {
  /** True: the answer ends where its header says, even if the server closes the connection then. */
  readonly endsWithLength?: boolean;
}

/** Reads a part of the body: the text from `at` on. */
type Body = (text: string, at: number) => Progress;

/** An answer with a longer header is unclear. */
const MAX_HEAD = 64 * 1_024;

/**
 * Finds the end of an answer on a connection that stays open.
 *
 * It is strict. An answer is unclear if two readers could read it differently, or if something follows it: no
 * check may get a part of the answer to the request before.
 */
export class AnswerEnd {
  readonly #method: string;
  readonly #rules: FramingRules;
  #text = "";
  #body: Body | undefined;
  #head: AnswerHead | undefined;

  constructor(method: string, rules: FramingRules = {}) {
    this.#method = method;
    this.#rules = rules;
  }

  get head(): AnswerHead | undefined {
    return this.#head;
  }

  put(text: string): Progress {
    if (this.#body !== undefined) return this.#body(text, 0);
    this.#text += text;
    const end = /\n\r?\n/.exec(this.#text);
    if (end === null) return mayBeHead(this.#text) ? "open" : "unclear";
    const whole = this.#text;
    this.#text = "";
    const start = end.index + end[0].length;
    const read = readHead(whole.slice(0, start), this.#method, this.#rules);
    if (read === undefined) return "unclear";
    this.#head = read.head;
    this.#body = read.body;
    return read.body(whole, start);
  }
}

function mayBeHead(text: string): boolean {
  return text.length <= MAX_HEAD && "HTTP/1.".startsWith(text.slice(0, 7));
}

/** The status line of an answer. Interim answers (1xx) do not match, so they are unclear. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([2-5][0-9]{2})(?: [^\r\n\0]*)?\r\n/;
const FIELDS = /(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r\n)*\r\n$/y;
/** The fields that say where the answer ends, and whether the connection stays open. */
const FRAMING_FIELDS = /^(content-length|transfer-encoding|connection|keep-alive):[ \t]*([^\r\n]*)/gim;

/** Reads the header by RFC 9112, section 6.3. Undefined: it is unclear, even if the RFC allows it. */
function readHead(
  text: string,
  method: string,
  { endsWithLength = false }: FramingRules,
): { readonly head: AnswerHead; readonly body: Body } | undefined {
  const [line, minor, digits] = STATUS_LINE.exec(text) ?? [];
  if (line === undefined) return undefined;
  FIELDS.lastIndex = line.length;
  if (!FIELDS.test(text)) return undefined;
  const fields = readFields(text);
  const status = Number(digits);
  const isKept = isConnectionKept(fields.connection, minor === "1");
  const head = { status, idleMs: isKept ? readIdleMs(fields["keep-alive"]) : 0 };
  // As for the plugin, the page is all that comes until the server closes the connection.
  if (!isKept && !endsWithLength) return { head, body: () => "open" };
  const body = findBody(fields, { status, method, isModern: minor === "1" });
  if (body !== undefined) return { head, body };
  const isOpen =
    endsWithLength && fields["content-length"].length === 0 && fields["transfer-encoding"].length === 0;
  return isOpen ? { head: { ...head, isUnbounded: true }, body: () => "open" } : undefined;
}

type FieldName = "content-length" | "transfer-encoding" | "connection" | "keep-alive";
type FramingFields = { readonly [Name in FieldName]: readonly string[] };

function readFields(text: string): FramingFields {
  const fields: Record<FieldName, string[]> = {
    "content-length": [],
    "transfer-encoding": [],
    connection: [],
    "keep-alive": [],
  };
  for (const [, name = "", value = ""] of text.matchAll(FRAMING_FIELDS)) {
    fields[name.toLowerCase() as FieldName].push(value.toLowerCase());
  }
  return fields;
}

function isConnectionKept(values: readonly string[], isModern: boolean): boolean {
  const words: readonly string[] = values.join(",").match(/[^ \t,]+/g) ?? [];
  return !words.includes("close") && (isModern || words.includes("keep-alive"));
}

/** What nginx and most other servers use, for servers that do not say it. */
const USUAL_IDLE_MS = 75_000;
/** Is taken off the server's time, because the server counts from the moment it has sent the answer. */
const IDLE_MARGIN_MS = 1_000;

function readIdleMs(values: readonly string[]): number {
  const [, seconds] = /\btimeout *= *([0-9]{1,6})\b/.exec(values.join(",")) ?? [];
  if (seconds === undefined) return USUAL_IDLE_MS;
  return Math.max(0, Math.min(USUAL_IDLE_MS, Number(seconds) * 1_000 - IDLE_MARGIN_MS));
}

interface AnswerContext {
  readonly status: number;
  readonly method: string;
  readonly isModern: boolean;
}

function findBody(fields: FramingFields, { status, method, isModern }: AnswerContext): Body | undefined {
  const { "content-length": lengths, "transfer-encoding": encodings } = fields;
  if (method === "HEAD" || status === 304) return bodyOf(0);
  if (status === 204) return lengths.length + encodings.length === 0 ? bodyOf(0) : undefined;
  if (lengths.length + encodings.length !== 1) return undefined;
  const [, length] = /^([0-9]{1,15})[ \t]*$/.exec(lengths.join()) ?? [];
  if (length !== undefined) return bodyOf(Number(length));
  return isModern && /^chunked[ \t]*$/.test(encodings.join()) ? bodyOfChunks() : undefined;
}

function bodyOf(length: number): Body {
  let left = length;
  return (text, at) => {
    left -= text.length - at;
    if (left === 0) return "complete";
    return left > 0 ? "open" : "unclear";
  };
}

/** The lines around the chunks. Each expression matches the start of a line too, as it may come in parts. */
const LINES = {
  length: /^(?:[0-9a-f]{1,8}(?:;[^\r\n]{0,250})?(?:\r\n?)?)?$/i,
  lineBreak: /^(?:\r\n?)?$/,
  /** The line after the last chunk, whose length is 0. A trailer is unclear here. */
  end: /^(?:\r\n?)?$/,
} as const;

function bodyOfChunks(): Body {
  const chunks = new Chunks();
  return (text, at) => chunks.put(text, at);
}

/** Reads a body in chunks. */
class Chunks {
  #expected: keyof typeof LINES = "length";
  #line = "";
  /** Bytes of the chunk that have not come. */
  #left = 0;

  put(text: string, from: number): Progress {
    for (let at = from; at < text.length; ) {
      const taken = Math.min(this.#left, text.length - at);
      this.#left -= taken;
      at += taken;
      if (at === text.length) return "open";
      const lineEnd = text.indexOf("\n", at) + 1 || text.length;
      this.#line += text.slice(at, lineEnd);
      at = lineEnd;
      if (!LINES[this.#expected].test(this.#line)) return "unclear";
      if (!this.#line.endsWith("\n")) return "open";
      if (this.#expected === "end") return at === text.length ? "complete" : "unclear";
      this.#endLine();
    }
    return "open";
  }

  #endLine(): void {
    if (this.#expected === "length") this.#left = Number.parseInt(this.#line, 16);
    const isLast = this.#left === 0;
    this.#expected = this.#expected === "lineBreak" ? "length" : isLast ? "end" : "lineBreak";
    this.#line = "";
  }
}
