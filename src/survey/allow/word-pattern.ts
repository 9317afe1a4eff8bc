import type { ByteString } from "../../byte-string.ts";
import { PART_PATTERNS } from "../../run/routing/allow.ts";
import { HOST_MACRO, MACRO, type SampleWord } from "./sample.ts";

/** The pattern of one place in commands of one shape. */
export function toPattern(words: readonly SampleWord[]): ByteString {
  const [first] = words;
  if (first === undefined) return "*";
  if (words.some(({ secret }) => secret !== undefined)) return hideSecret(first);
  const texts = [...new Set(words.map(({ text }) => text))];
  const isOfMacro = words.some(({ written }) => written?.includes(MACRO));
  if (texts.length === 1 && !isOfMacro) return literal(first.text) || "*";
  const head = headOf(first.text);
  const values = texts.map((text) => text.slice(head.length));
  // The next host may have a name, or an IPv6 address.
  const isHost = words.some(({ written }) => written?.includes(HOST_MACRO));
  const types = isHost ? (["<host>"] as const) : TYPES;
  const type = types.find((each) => values.every((value) => fits(each, value)));
  return `${literal(head)}${type ?? startedAlike(words, head.length)}`;
}

/** An option with its `=`, or a short one before its number. One alone is all head. A value has none. */
export function headOf(text: ByteString): ByteString {
  return /^(?:--[A-Za-z][\w-]*=|-[A-Za-z](?=[0-9.])|-[A-Za-z-].*)/s.exec(text)?.[0] ?? "";
}

/** From the narrowest to the widest. An IPv4 address is a word before it is a range. */
const TYPES = ["<number>", "<word>", "<range>", "<host>"] as const;

function fits(type: (typeof TYPES)[number], value: ByteString): boolean {
  return new RegExp(`^${PART_PATTERNS[type]}$`).test(value);
}

/** No part of a secret is shown, nor how long it is. */
function hideSecret({ text, secret = "" }: SampleWord): ByteString {
  const [before = ""] = secret === "" ? [""] : text.split(secret, 1);
  return text.startsWith("-") ? `${literal(before)}*` : "*";
}

/** What all have in common up to their first macro, cut behind a separator. */
function startedAlike(words: readonly SampleWord[], from: number): ByteString {
  const starts = words.map(({ text, written = text }) => written.slice(from).split(MACRO, 1)[0] ?? "");
  const common = starts.reduce(commonStart);
  const start = /^.*[/=:,?&@ ]/s.exec(common)?.[0] ?? "";
  const shown = literal(start);
  return shown.includes("*") ? "*" : `${shown}*`;
}

function commonStart(one: ByteString, other: ByteString): ByteString {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}

/** A word of restrict_allow that fits this text, and as little else as can be written. */
function literal(text: ByteString): ByteString {
  if (text === "...") return "*";
  const written = [...text].map((one) => UNWRITABLE[one] ?? one).join("");
  return (written.match(/\*/g) ?? []).length <= MAX_PARTS ? written : "*";
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  " ": "<blank>",
  ...Object.fromEntries([..."<>\t\n\r\f\v"].map((one) => [one, "*"])),
};
const MAX_PARTS = 2;
