import type { ByteString } from "../../byte-string.ts";

export type Language = "perl" | "python";

/** How many lines may hold a mark. The C and the Go worker look at as many. */
export const MARKED_LINES = 10;

const OMD_MARK = /^[ \t]*#[ \t]*omd-worker:[ \t]*(-?)warm\b/;
const EPN_MARKS = /# (?:nagios|naemon|icinga):(.*)/;
const LOAD_MARK = /^[ \t]*#[ \t]*omd-worker:[ \t]*load[ \t]*=(.*)/;

/** Whether the plugin's own marks ask for a warm interpreter. Undefined: it has no mark. */
export function readMarks(language: Language, lines: readonly ByteString[]): boolean | undefined {
  const ours = lines.map((line) => OMD_MARK.exec(line)?.[1]).find((sign) => sign !== undefined);
  if (ours === "-") return false;
  if (language === "python") return ours === undefined ? undefined : true;
  const marks = lines.flatMap((line) => EPN_MARKS.exec(line)?.[1]?.split(",") ?? []);
  const epn = marks
    .map((mark) => mark.replace(/^[ \t]+|[ \t\r]+$/g, ""))
    .findLast((mark) => /^[+-]epn$/.test(mark));
  return epn === undefined ? undefined : epn === "+epn";
}

/** The modules that the plugin's own marks want to be loaded ahead. */
export function readLoadMarks(lines: readonly ByteString[]): readonly ByteString[] {
  const words = lines.flatMap((line) => LOAD_MARK.exec(line)?.[1]?.split(/[,+ \t\r]/) ?? []);
  return words.filter((word) => word !== "");
}
