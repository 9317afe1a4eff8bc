import { breakMarkup } from "../notify/safe-text.ts";

/** An HTML text is looked at so far. */
const LOOKED_AT = 32_768;
/** The begin and the end of what is never shown. */
const HIDDEN = /<!--|<(script|style|template|svg|iframe)(?=[\s>])/gi;
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]{0,4000})?)\/?>/gi;
const HREF = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const MAX_ADDRESS = 2_000;

const MARKS: Readonly<Record<string, string>> = {
  b: "**",
  strong: "**",
  i: "*",
  em: "*",
  code: "`",
  tt: "`",
};
const BLOCKS = new Set(["p", "div", "table", "tr", "ul", "ol", "blockquote", "section", "pre"]);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ndash: "–",
  mdash: "—",
  hellip: "…",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
  Auml: "Ä",
  Ouml: "Ö",
  Uuml: "Ü",
  szlig: "ß",
  euro: "€",
};

/** What is open just now. */
interface Span {
  readonly tag: string;
  readonly mark: string;
  readonly address?: string | undefined;
  readonly parts: string[];
}

/**
 * Markdown of HTML that other people have written: bold, italic, code, lists, headings and links to pages.
 * All else is left out or shown as text. Nothing of the text can mention somebody or start other markup.
 */
export function htmlToMarkdown(html: string): string {
  return convert(html, true);
}

/** The same in one line, without bold, links and the like. */
export function htmlToText(html: string): string {
  return convert(html, false).replace(/\s+/g, " ");
}

function convert(html: string, hasMarks: boolean): string {
  const text = withoutHidden(html.slice(0, LOOKED_AT).toWellFormed());
  const writer = new Writer(hasMarks);
  let at = 0;
  for (const tag of text.matchAll(TAG)) {
    writer.text(text.slice(at, tag.index));
    const [all, slash, name = "", attributes = ""] = tag;
    if (slash === "/") writer.close(name.toLowerCase());
    else writer.open(name.toLowerCase(), attributes);
    at = tag.index + all.length;
  }
  writer.text(text.slice(at));
  return writer.end();
}

/** An end that is not found once is not looked for again: that would take long in a text of begins. */
function withoutHidden(html: string): string {
  const lower = html.toLowerCase();
  const endless = new Set<string>();
  let shown = "";
  let at = 0;
  for (const { 0: begin, 1: tag, index } of html.matchAll(HIDDEN)) {
    const end = tag === undefined ? "-->" : `</${tag.toLowerCase()}`;
    if (index < at || endless.has(end)) continue;
    const found = lower.indexOf(end, index + begin.length);
    if (found < 0) endless.add(end);
    else {
      shown += `${html.slice(at, index)} `;
      const close = tag === undefined ? found + end.length - 1 : lower.indexOf(">", found);
      at = close < 0 ? html.length : close + 1;
    }
  }
  return shown + html.slice(at);
}

class Writer {
  readonly #hasMarks: boolean;
  readonly #open: Span[] = [];
  readonly #done: string[] = [];

  constructor(hasMarks: boolean) {
    this.#hasMarks = hasMarks;
  }

  text(html: string): void {
    // An entity may stand for a sign of markup, so it is read first.
    const plain = decodeEntities(html).replace(/[\p{Cc}\s]+/gu, " ");
    this.#push(breakMarkup(plain));
  }

  open(tag: string, attributes: string): void {
    const mark = MARKS[tag];
    if (tag === "br") this.#push("\n");
    else if (tag === "li") this.#block("\n* ");
    else if (/^h[1-6]$/.test(tag)) {
      this.#block("\n\n");
      this.#begin({ tag, mark: "**", parts: [] });
    } else if (BLOCKS.has(tag)) this.#block("\n\n");
    else if (tag === "td" || tag === "th") this.#push(" ");
    else if (tag === "a") this.#begin({ tag, mark: "", address: readAddress(attributes), parts: [] });
    else if (mark !== undefined) this.#begin({ tag, mark, parts: [] });
  }

  close(tag: string): void {
    if (BLOCKS.has(tag) || tag === "li") this.#block(tag === "li" ? "" : "\n\n");
    const opened = this.#open.findLastIndex((span) => span.tag === tag);
    while (opened >= 0 && this.#open.length > opened) this.#closeLast();
    if (/^h[1-6]$/.test(tag)) this.#push("\n\n");
  }

  end(): string {
    while (this.#open.length > 0) this.#closeLast();
    return this.#done
      .join("")
      .replace(/ *\n */g, "\n")
      .replace(/\n{3,}/g, "\n\n")
      .replace(/ {2,}/g, " ")
      .trim();
  }

  /** Bold in bold is bold, and a link has none in it. */
  #begin(span: Span): void {
    if (this.#hasMarks && !this.#open.some(({ mark }) => mark === span.mark)) this.#open.push(span);
  }

  /** Marks do not reach over the end of a paragraph. */
  #block(text: string): void {
    while (this.#open.length > 0) this.#closeLast();
    this.#push(text);
  }

  #push(text: string): void {
    (this.#open.at(-1)?.parts ?? this.#done).push(text);
  }

  #closeLast(): void {
    const span = this.#open.pop();
    if (span === undefined) return;
    const { mark, address, parts } = span;
    const whole = parts.join("");
    const [, before = "", inner = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(whole) ?? [];
    if (inner === "") this.#push(whole);
    else if (address !== undefined)
      this.#push(`${before}[${inner.replace(/[[\]\n]/g, " ").trim()}](${address})${after}`);
    else this.#push(`${before}${mark}${mark === "`" ? inner.replace(/\n/g, " ") : inner}${mark}${after}`);
  }
}

/** Undefined: it leads to no page. */
function readAddress(attributes: string): string | undefined {
  const [, double, single, bare] = HREF.exec(attributes) ?? [];
  const written = decodeEntities(double ?? single ?? bare ?? "").trim();
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) return undefined;
  const address = new URL(written).href.replace(
    /[()<>*~`]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return address.length <= MAX_ADDRESS ? address : undefined;
}

function decodeEntities(html: string): string {
  return html.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (all, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? all;
    const code = Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10);
    const isLetter = code >= 0x20 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return isLetter ? String.fromCodePoint(code) : " ";
  });
}
