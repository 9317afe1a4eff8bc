import { type ByteString, toByteString } from "../../../src/byte-string.ts";
import { escapeTag } from "../lines/escape-tag.ts";
import type { LineOptions } from "../lines/make-lines.ts";

/** Something that people have told the core, or the core itself, about a host or a service. */
export interface Annotation {
  readonly type: "comment" | "downtime" | "flapping" | "acknowledgement";
  readonly host: string;
  /** Undefined: it is about the host. */
  readonly service: string | undefined;
  readonly author: string;
  readonly text: string;
  /** Seconds since the epoch. */
  readonly time: number;
}

/** InfluxDB takes 64 KiB. */
const MAX_TEXT = 10_000;

/** As histou's annotations ask for it. It ends in a line feed. The same annotation is the same point. */
export function annotationLine(annotation: Annotation, options: LineOptions): ByteString {
  const { type, host, service, author, text, time } = annotation;
  const tag = (value: string) => escapeTag(toByteString(value), options);
  const serviceTag = service === undefined ? escapeTag(options.hostcheck, options) : tag(service);
  const stageTag = options.stage === undefined ? "" : `,stage=${escapeTag(options.stage, options)}`;
  const authorTag = author === "" ? "" : `,author=${tag(author)}`;
  return `messages,host=${tag(host)},service=${serviceTag},type=${type}${authorTag}${stageTag} value="${field(text)}" ${time}000\n`;
}

function field(text: string): ByteString {
  const plain = [...text.replace(/\p{Cc}+/gu, " ")].slice(0, MAX_TEXT).join("");
  return toByteString(plain.replace(/["\\]/g, "\\$&"));
}
