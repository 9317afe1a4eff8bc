/** A man page as it is built: parts of roff source, each ending in a line feed. */
export type Roff = string;

export interface PageHead {
  readonly name: string;
  readonly section: 1 | 5;
  readonly version: string;
  /** All names that `man` finds the page by. */
  readonly names: readonly string[];
  readonly summary: string;
}

/** Plain text as roff source. Dashes, quotes and carets stay what they are when they are copied. */
export function plain(text: string): Roff {
  return text.replace(/[\\\-'`^~"\u0080-\u{10ffff}]/gu, (character) => {
    const known = ESCAPES[character];
    if (known !== undefined) return known;
    return `\\[u${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
  "…": "...",
};

const WIDTH = 78;

/** A paragraph's lines. `source` is escaped already. */
export function fill(source: Roff): Roff {
  const lines: string[] = [];
  for (const word of source.split(/\s+/).filter((each) => each !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${guard(line)}\n`).join("");
}

/** A line that begins with a dot or a quote would be a request. */
function guard(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

export function bold(source: Roff): Roff {
  return `\\fB${source}\\fR`;
}

export function section(title: string, body: Roff): Roff {
  return body === "" ? "" : `.SH ${title.toUpperCase()}\n${body}`;
}

export function subsection(title: string, body: Roff): Roff {
  return `.SS ${plain(title)}\n${body}`;
}

export function paragraphs(texts: readonly string[]): Roff {
  return texts.map((text) => fill(plain(text))).join(".PP\n");
}

/** A term and what it means. `body` may have several paragraphs, set apart by `.IP`. */
export function term(head: Roff, body: Roff): Roff {
  return `.TP\n${guard(head)}\n${body}`;
}

/** Lines that stay as they are. */
export function verbatim(lines: readonly string[]): Roff {
  return `.nf\n${lines.map((line) => `${guard(plain(line))}\n`).join("")}.fi\n`;
}

/** When the words were last gone through as a whole. A page has to have a date. */
const EDITED = "2026-11-26";

export function head({ name, section: number, version, names, summary }: PageHead): Roff {
  return `.\\" Rendered from the tables of omd-worker: npm run docs
.TH ${plain(name.toUpperCase())} ${number} "${EDITED}" "omd-worker ${version}" "omd-worker"
${section("Name", `${plain(names.join(", "))} \\- ${plain(summary)}\n`)}`;
}

/** `omd-worker(1), omd-worker.conf(5)` */
export function seeAlso(pages: readonly (readonly [name: string, section: number])[]): Roff {
  const lines = pages.map(
    ([name, number], at) => `.BR ${plain(name)} (${number})${at < pages.length - 1 ? "," : ""}\n`,
  );
  return section("See also", lines.join(""));
}
