import type { ByteString } from "../../../src/byte-string.ts";
import { escapeTag, type TagOptions } from "./escape-tag.ts";

/** Names that the lines have themselves. InfluxDB refuses a line that has a tag twice. */
const OWN_TAGS = new Set([
  "host",
  "service",
  "command",
  "performanceLabel",
  "crit-fill",
  "warn-fill",
  "downtime",
  "unit",
]);
const OWN_FIELDS = new Set([
  "value",
  "unknown",
  "warn",
  "warn-min",
  "warn-max",
  "crit",
  "crit-min",
  "crit-max",
  "min",
  "max",
]);

/** `NAGFLUX:TAG` as it stands in a line: `,name=value`, sorted. */
export function extraTags(text: ByteString, options: TagOptions): ByteString {
  if (text === "") return "";
  return readPairs(text, OWN_TAGS, options)
    .filter(({ name }) => name !== "downtime")
    .map(({ escaped, value }) => `,${escaped}=${escapeTag(value, options)}`)
    .join("");
}

/** Whether `NAGFLUX:TAG` says `downtime=true`. */
export function saysDowntime(text: ByteString): boolean {
  return text !== "" && text.split(" ").includes("downtime=true");
}

/** `NAGFLUX:FIELD` as it stands in a line: `,name=value`, sorted. */
export function extraFields(text: ByteString, options: TagOptions): ByteString {
  if (text === "") return "";
  return readPairs(text, OWN_FIELDS, options)
    .map(({ escaped, value }) => `,${escaped}=${fieldValue(value)}`)
    .join("");
}

interface Pair {
  readonly name: ByteString;
  readonly escaped: ByteString;
  readonly value: ByteString;
}

/** Names that are the same as they are written are one, and the last of them counts. */
function readPairs(text: ByteString, own: ReadonlySet<string>, options: TagOptions): readonly Pair[] {
  const pairs = new Map<ByteString, Pair>();
  for (const word of text.split(" ")) {
    const equals = word.indexOf("=");
    const [name, value] = [word.slice(0, equals), word.slice(equals + 1)];
    if (equals <= 0 || value === "" || own.has(name)) continue;
    const escaped = escapeTag(name, options);
    pairs.set(escaped, { name, escaped, value });
  }
  return [...pairs.values()].sort(({ name: one }, { name: other }) => (one < other ? -1 : 1));
}

const NUMBER_OR_FLAG =
  /^(?:-?[0-9]{1,300}(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,2})?|-?[0-9]{1,18}i|[tf]|true|false)$/i;

/** A number, a whole number (`7i`) or a flag stays as it is; all else is text, and has quotes. */
function fieldValue(value: ByteString): ByteString {
  if (NUMBER_OR_FLAG.test(value)) return value;
  const bare = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  return `"${bare.replace(/[\\"]/g, "\\$&")}"`;
}
