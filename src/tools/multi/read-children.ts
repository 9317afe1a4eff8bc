import { type ByteString, trim } from "../../byte-string.ts";

/** One check that check_multi has run. */
export interface ChildCheck {
  readonly serviceDescription: ByteString;
  readonly returnCode: number;
  /** In seconds. */
  readonly runtime: number;
  readonly output: ByteString;
}

export type Children =
  | { readonly kind: "children"; readonly children: readonly ChildCheck[] }
  /** check_multi has printed an error in place of XML. */
  | { readonly kind: "message"; readonly text: ByteString }
  | { readonly kind: "unclosed" };

const OPEN = "<CHILD>";
const CLOSE = "</CHILD>";
const ASCII = /^[\x01-\x7f]+$/;

/** Reads what check_multi prints with `-r 256`: text with elements, which need not be well-formed XML. */
export function readChildren(text: ByteString): Children {
  const children: ChildCheck[] = [];
  let at = text.indexOf(OPEN);
  if (at < 0 && ASCII.test(text)) return { kind: "message", text };
  while (at >= 0) {
    const end = text.indexOf(CLOSE, at);
    if (end < 0) return { kind: "unclosed" };
    const child = readChild(text.slice(at + OPEN.length, end));
    if (child !== undefined) children.push(child);
    at = text.indexOf(OPEN, end + CLOSE.length);
  }
  return { kind: "children", children };
}

/** Undefined: the check with the number 0, which is the parent, or one that lacks an element. */
function readChild(text: ByteString): ChildCheck | undefined {
  const element = (name: string) => readElement(text, name);
  const name = element("name");
  const [code, runtime, output, complaint] = [
    element("rc"),
    element("runtime"),
    element("output"),
    element("error"),
  ];
  const number = element("no");
  if (number === undefined || number === "0") return undefined;
  if (name === undefined || code === undefined || runtime === undefined) return undefined;
  if (output === undefined || complaint === undefined) return undefined;
  const said = decodeXml(output) + (complaint === "" ? "" : ` [${decodeXml(complaint)}]`);
  const perfdata = element("performance");
  const plugin = element("pplugin");
  if (perfdata !== undefined && plugin === undefined) return undefined;
  return {
    serviceDescription: name,
    returnCode: Number.parseInt(code, 10) || 0,
    runtime: Number.parseFloat(runtime) || 0,
    output:
      perfdata === undefined
        ? said
        : `${said}|${labelled(decodeXml(trim(perfdata)), name, decodeXml(plugin ?? ""))}`,
  };
}

/** The first label says of which check and plugin it is; the quote of a label in quotes comes first. */
function labelled(perfdata: ByteString, name: ByteString, plugin: ByteString): ByteString {
  return perfdata.startsWith("'")
    ? `'${name}::${plugin}::${perfdata.slice(1)}`
    : `${name}::${plugin}::${perfdata}`;
}

function readElement(text: ByteString, name: string): ByteString | undefined {
  const open = `<${name}>`;
  const start = text.indexOf(open);
  if (start < 0) return undefined;
  const end = text.indexOf(`</${name}>`, start + open.length);
  return end < 0 ? undefined : text.slice(start + open.length, end);
}

const ENTITIES: readonly (readonly [entity: string, character: string])[] = [
  ["&gt;", ">"],
  ["&lt;", "<"],
  ["&amp;", "&"],
  ["&#039;", "'"],
  ["&#124;", "|"],
];

/** As the C tool: what a replaced entity makes of the next characters may be the same entity again. */
function decodeXml(text: ByteString): ByteString {
  return ENTITIES.reduce(decodeEntity, text);
}

/**
 * Looks at each `;` once, and at what stands before it by then. To replace all again and again would take
 * hours for a long row of `&amp;amp;amp;`.
 */
function decodeEntity(
  text: ByteString,
  [entity, character]: readonly [entity: string, character: string],
): ByteString {
  const pieces = text.split(";");
  const begin = entity.slice(0, -1);
  const decoded: string[] = [];
  let tail = "";
  for (const piece of pieces.slice(0, -1)) {
    tail += piece;
    tail = tail.endsWith(begin) ? tail.slice(0, -begin.length) + character : `${tail};`;
    const settled = Math.max(0, tail.length - begin.length);
    decoded.push(tail.slice(0, settled));
    tail = tail.slice(settled);
  }
  return decoded.join("") + tail + pieces.at(-1);
}
