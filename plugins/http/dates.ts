import { CRITICAL, type State, UNKNOWN } from "../../sdk/index.ts";
import { sprintf } from "../libc/printf.ts";

/** Something that is wrong with the page. The text stands between the status line and the size. */
export interface Finding {
  readonly state: State;
  readonly text: string;
}

/** One field: a name, a colon without a blank before it, and all lines up to one that is no continuation. */
const FIELD = /([^ \t\n\v\f\r:]*)(:?)[^\n]*(?:\n[ \t][^\n]*)*\n?/gy;
const DAY = 86_400;
const HOUR = 3_600;

/** Seconds that the page's date may be ahead of the server's clock. */
const MAX_SECONDS_AHEAD = 30;

/** Judges the age of the page, in seconds before the `Date` of the header. Undefined: it is not too old. */
export function judgeAge(header: string, maximumAge: number): Finding | undefined {
  const { date = "", "last-modified": modified = "" } = readDates(header);
  if (date === "") return { state: UNKNOWN, text: "Server date unknown" };
  if (modified === "") return { state: CRITICAL, text: "Document modification date unknown" };
  const [server, document] = [readDate(date), readDate(modified)];
  if (server <= 0) return { state: CRITICAL, text: sprintf('Server date "%100s" unparsable', date) };
  if (document <= 0) return { state: CRITICAL, text: sprintf('Document date "%100s" unparsable', modified) };
  if (document > server + MAX_SECONDS_AHEAD)
    return { state: CRITICAL, text: `Document is ${toInt(document - server)} seconds in the future` };
  if (document >= server - maximumAge) return undefined;
  return { state: CRITICAL, text: `Last modified ${renderAge(toInt(server - document))} ago` };
}

/** The plugin keeps seconds in an `int` of 32 bits: more than 68 years become another number. */
function toInt(seconds: number): number {
  return seconds | 0;
}

function renderAge(age: number): string {
  if (age > 2 * DAY) return sprintf("%.1f days", Math.fround(Math.fround(age) / DAY));
  return sprintf("%d:%02d:%02d", age / HOUR, (age / 60) % 60, age % 60);
}

function readDates(header: string): Readonly<Record<string, string>> {
  const dates: Record<string, string> = {};
  for (const { 0: field, 1: name = "", 2: colon, index } of header.matchAll(FIELD)) {
    if (field === "") break;
    const key = name.toLowerCase();
    if (colon === "" || (key !== "date" && key !== "last-modified")) continue;
    VALUE.lastIndex = index + name.length + 1;
    dates[key] = VALUE.exec(header)?.[1] ?? "";
  }
  return dates;
}

/** The value after the colon. The white space before it may be line breaks. */
const VALUE = /[ \t\n\v\f\r]*([^\r\n]*)/y;

const DATE = /^[A-Z][a-z]{2}, ([0-9 ][0-9]) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Seconds since 1970. 0 if the text is no date, or is before 1970. */
function readDate(text: string): number {
  const [, day = "", monthName = "", ...others] = DATE.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName);
  const [year = 0, hour = 0, minute = 0, second = 0] = others.map(Number);
  if (month < 0 || Number(day) < 1 || Number(day) > 31 || year < 1970) return 0;
  return Date.UTC(year, month, Number(day), hour, minute, second) / 1000;
}
