import { type ByteString, fromByteString } from "../../byte-string.ts";
import { error } from "../problem.ts";
import { quote } from "../quote.ts";
import { type Kind, listSchema, TEXT_SCHEMA } from "./kind.ts";

/** A command that may be run: a pattern for each of its words. The first word stands for itself. */
export type AllowedCommand = readonly ByteString[];

/** The last word of a pattern: any more words. */
export const ANY_WORDS = "...";
/** What a part of a word may be. `*` is anything, `<blank>` what no word of a line can hold otherwise. */
export const PARTS = ["*", "<blank>", "<host>", "<number>", "<range>", "<word>"] as const;
/** In a word, but for blanks. More of them would take long to compare. */
const MAX_PARTS = 2;
/** What looks like one of them. */
const PART = "\\*|<[^>]*>?";
export const ALLOWED_COMMAND = "/usr/lib/nagios/plugins/check_tcp -H <host> -p <number>";

/** One command a line, as its words are separated by blanks. */
export const allowedCommands: Kind<readonly AllowedCommand[]> = {
  name: "command, one a line",
  isList: true,
  isText: true,
  schema: listSchema(TEXT_SCHEMA),
  read({ key, text }, before = []) {
    const words = text.split(/[ \t]+/).filter((word) => word !== "");
    const fault = findFault(words);
    if (fault === undefined) return { value: [...before, words], remarks: [] };
    return { value: before, remarks: [error(`${key}: ${fault}`, `write ${ALLOWED_COMMAND}`)] };
  },
  render: (value) => fromByteString(value.map((words) => words.join(" ")).join("\n")),
};

function findFault(words: readonly ByteString[]): string | undefined {
  const [path, ...rest] = words;
  if (path === undefined) return "there is no command";
  if (!/^(?:\/.*|[\w.-]+)$/s.test(path)) return `${quote(path)} is neither an absolute path nor a plain name`;
  if (findParts(path).length > 0) return `${quote(path)} has a pattern, name one command`;
  if (rest.slice(0, -1).includes(ANY_WORDS)) return `${ANY_WORDS} is not the last word`;
  for (const word of rest) {
    const parts = findParts(word);
    const unknown = parts.find((part) => !(PARTS as readonly string[]).includes(part));
    if (unknown !== undefined) return `${quote(unknown)} is none of ${PARTS.join(", ")}`;
    if (parts.filter((part) => part !== "<blank>").length > MAX_PARTS)
      return `${quote(word)} has more than ${MAX_PARTS} of ${PARTS.join(", ")}`;
  }
  return undefined;
}

function findParts(word: ByteString): readonly string[] {
  return word.match(new RegExp(PART, "g")) ?? [];
}
