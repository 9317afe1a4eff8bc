import { type ByteString, fromByteString, trim } from "../byte-string.ts";
import {
  isSameServer,
  readServerAddress,
  renderServerAddress,
  type ServerAddress,
} from "../gearman/server-address.ts";
import type { Given, Kind, Reading } from "./kind.ts";
import { error, type Remark, warning } from "./problem.ts";
import { Secret } from "./secret.ts";

const YES = new Set(["yes", "on", "true", "1"]);
const NO = new Set(["no", "off", "false", "0"]);
const YES_OR_NO = "write yes or no";

/** Like the C worker: a word it does not know means "the flag was given". */
export const flag: Kind<boolean> = yesOrNo("yes or no", ({ key, text }) =>
  warning(`${key}: '${text}' is neither yes nor no, taken as yes`, YES_OR_NO),
);

/** For flags on which secrecy or correctness of results hangs: no guessing. */
export const strictFlag: Kind<boolean> = yesOrNo("yes or no, strict", ({ key, text }) =>
  error(`${key}: '${text}' is neither yes nor no`, YES_OR_NO),
);

interface Range {
  readonly min?: number;
  readonly max?: number;
  /** What a number outside of the range becomes; otherwise the nearest end. */
  readonly below?: number;
  readonly above?: number;
}

const INT_MAX = 2 ** 31 - 1;

/** C's atoi: the digits at the front count, anything else is 0; both with a warning. */
export function integer(range: Range = {}): Kind<number> {
  return numeric("whole number", /^[+-]?\d+/, { max: INT_MAX, ...range });
}

/** Whole seconds, at most what one of Node's timers can wait (24 days). */
export function seconds(range: Range = {}): Kind<number> {
  return integer({ max: Math.floor(INT_MAX / 1000), ...range });
}

/** C's atof, see `integer`. */
export function decimal(range: Range = {}): Kind<number> {
  return numeric("number", /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i, range);
}

/** `replaced` words are understood, but mean one of the `words` here. */
export function choice<const Word extends string>(
  words: readonly [Word, ...Word[]],
  replaced: Readonly<Record<string, Word>> = {},
): Kind<Word> {
  const read = ({ key, text }: Given): Reading<Word> => {
    const asked = text.toLowerCase();
    const word = words.find((known) => known === asked);
    if (word !== undefined) return { value: word, remarks: [] };
    const substitute = replaced[asked];
    if (substitute !== undefined)
      return substituted(substitute, `${key}=${asked} is the same as ${substitute} here`);
    return substituted(
      words[0],
      `${key}: '${text}' is unknown, using ${words[0]}`,
      `use one of ${words.join(", ")}`,
    );
  };
  return { name: words.join(", "), isText: true, read, render: (word) => word };
}

/** Text that goes onto the wire or is compared with what came from there: bytes, not characters. */
export const text: Kind<ByteString | undefined> = {
  name: "text",
  isText: true,
  read: ({ text }) => ({ value: text === "" ? undefined : text, remarks: [] }),
  render: (value) => fromByteString(value ?? ""),
};

/** A name in the file system. Packages leave placeholders such as %PIDFILE% in their samples. */
export const path: Kind<string | undefined> = {
  name: "path",
  isText: true,
  read: ({ text }) => ({
    value: text === "" || /^%\w+%$/.test(text) ? undefined : fromByteString(text),
    remarks: [],
  }),
  render: (value) => value ?? "",
};

/** An empty set is a value too: it forbids nothing. */
export const characters: Kind<ByteString> = {
  name: "characters",
  isText: true,
  read: ({ text }) => ({ value: text, remarks: [] }),
  render: fromByteString,
};

export const names: Kind<readonly ByteString[]> = list("names, comma-separated", ({ text }) => ({
  value: splitList(text),
  remarks: [],
}));

/** The C worker's limit; it keeps the queue's name within what gearmand takes. */
const LONGEST_GROUP = 50;

export function groups(noun: "hostgroup" | "servicegroup"): Kind<readonly ByteString[]> {
  return list("names, comma-separated", ({ text }) => ({
    value: splitList(text).filter((name) => name.length <= LONGEST_GROUP),
    remarks: splitList(text)
      .filter((name) => name.length > LONGEST_GROUP)
      .map((name) =>
        warning(`${noun} name '${name}' is too long, please use a maximum of ${LONGEST_GROUP} characters`),
      ),
  }));
}

/** One a line, as paths may contain commas. Nothing is no path: it would allow every command. */
export const restrictedPaths: Kind<readonly ByteString[]> = list("path, one a line", ({ key, text }) => {
  if (text === "")
    return { value: [], remarks: [error(`${key} is empty`, "name a folder or remove the line")] };
  const remarks = text.startsWith("/")
    ? []
    : [warning(`${key}: '${text}' is not absolute, no command will match it`, "start it with /")];
  return { value: [text], remarks };
});

/** Names in the file system, one a line. A relative one would be another folder for whoever starts the worker. */
export const folders: Kind<readonly string[]> = {
  ...list("path, one a line", ({ key, text }) => {
    if (text.startsWith("/")) return { value: [fromByteString(text)], remarks: [] };
    const remarks =
      text === "" ? [] : [warning(`${key}: '${text}' is not absolute, ignored`, "start it with /")];
    return { value: [], remarks };
  }),
  render: (value) => value.join(","),
};

export const servers: Kind<readonly ServerAddress[]> = {
  name: "host[:port], comma-separated",
  isList: true,
  read({ key, text }, before = []) {
    const value = [...before];
    const remarks: Remark[] = [];
    for (const word of splitList(text)) {
      const server = readServerAddress(word);
      if (server === undefined) {
        remarks.push(error(`${key}: '${word}' is no server address`, "write host, host:port or [IPv6]:port"));
      } else if (value.some((known) => isSameServer(known, server))) {
        remarks.push(warning(`duplicate definition of server: ${renderServerAddress(server)}`));
      } else value.push(server);
    }
    return { value, remarks };
  },
  render: (value) => value.map(renderServerAddress).join(","),
};

/** What AES-256 takes: further bytes never reached the cipher of the C worker either. */
export const LONGEST_KEY = 32;
const SHORT_KEY = 8;

export const secret: Kind<Secret | undefined> = {
  name: "text",
  isText: true,
  isSecret: true,
  read({ key, text }) {
    if (text === "") return { value: undefined, remarks: [] };
    const remarks: Remark[] = [];
    if (text.length < SHORT_KEY) remarks.push(warning(`${key} should be at least ${SHORT_KEY} bytes long`));
    if (text.length > LONGEST_KEY)
      remarks.push(warning(`${key} is longer than ${LONGEST_KEY} bytes, the rest is not used`));
    return { value: new Secret(Buffer.from(text.slice(0, LONGEST_KEY), "latin1")), remarks };
  },
  render: (value) => (value === undefined ? "" : value.toString()),
};

function yesOrNo(name: string, complain: (given: Given) => Remark): Kind<boolean> {
  const read = (given: Given): Reading<boolean> => {
    const word = given.text.toLowerCase();
    const isKnown = YES.has(word) || NO.has(word);
    return { value: !NO.has(word), remarks: isKnown ? [] : [complain(given)] };
  };
  return { name, bare: "yes", read, render: (value) => (value ? "yes" : "no") };
}

function numeric(name: string, pattern: RegExp, range: Range): Kind<number> {
  const { min = 0, max = Number.POSITIVE_INFINITY, below = min, above = max } = range;
  const clamp = (number: number) => {
    if (number < min) return below;
    return number > max ? above : number;
  };
  const read = ({ key, text }: Given): Reading<number> => {
    const digits = pattern.exec(text)?.[0] ?? "";
    const number = Number(digits);
    const value = clamp(number);
    if (digits === "" || digits !== text)
      return substituted(value, `${key}: '${text}' is no ${name}, using ${value}`);
    if (value === number) return { value, remarks: [] };
    const fault = number < min ? `less than ${min}` : `more than ${max}`;
    return substituted(value, `${key}: ${number} is ${fault}, using ${value}`);
  };
  return { name, read, render: String };
}

function list(
  name: string,
  readLine: (given: Given) => Reading<readonly ByteString[]>,
): Kind<readonly ByteString[]> {
  return {
    name,
    isList: true,
    isText: true,
    read(given, before = []) {
      const { value, remarks } = readLine(given);
      return { value: [...new Set([...before, ...value])], remarks };
    },
    render: (value) => value.map(fromByteString).join(","),
  };
}

function substituted<Value>(value: Value, message: string, hint?: string): Reading<Value> {
  return { value, remarks: [warning(message, hint)] };
}

/** Comma-separated words, trimmed; empty ones are dropped. */
function splitList(text: ByteString): readonly ByteString[] {
  return text
    .split(",")
    .map(trim)
    .filter((word) => word !== "");
}
