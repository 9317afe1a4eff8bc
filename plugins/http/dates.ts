import { CRITICAL, type State, UNKNOWN } from "../../sdk/index.ts";
import { sprintf } from "../libc/printf.ts";

/** What is wrong, in the words that stand between the status line and the size. */
export interface Finding {
  readonly state: State;
  readonly text: string;
}

/** A name, a colon at once, and all up to the next line that is no continuation. Blanks before a value may be line breaks. */
const FIELD = /([^ \t\n\v\f\r:]*)(:?)[^\n]*(?:\n[ \t][^\n]*)*\n?/gy;
const DAY = 86_400;
const HOUR = 3_600;

/** How much younger than the server's clock a page may be. */
const CLOCKS_APART = 30;

/** Is the page older than it may be? By the header's own date, the server's. */
export function judgeAge(header: string, maximumAge: number): Finding | undefined {
  const { date = "", "last-modified": modified = "" } = readDates(header);
  if (date === "") return { state: UNKNOWN, text: "Server date unknown" };
  if (modified === "") return { state: CRITICAL, text: "Document modification date unknown" };
  const [server, document] = [readDate(date), readDate(modified)];
  if (server <= 0) return { state: CRITICAL, text: sprintf('Server date "%100s" unparsable', date) };
  if (document <= 0) return { state: CRITICAL, text: sprintf('Document date "%100s" unparsable', modified) };
  if (document > server + CLOCKS_APART)
    return { state: CRITICAL, text: `Document is ${document - server} seconds in the future` };
  if (document >= server - maximumAge) return undefined;
  return { state: CRITICAL, text: `Last modified ${renderAge(server - document)} ago` };
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

const VALUE = /[ \t\n\v\f\r]*([^\r\n]*)/y;

const DATE = /^[A-Z][a-z]{2}, ([0-9 ][0-9]) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Seconds since 1970; 0 for what is no date, and for those before. */
function readDate(text: string): number {
  const [, day = "", monthName = "", ...others] = DATE.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName);
  const [year = 0, hour = 0, minute = 0, second = 0] = others.map(Number);
  if (month < 0 || Number(day) < 1 || Number(day) > 31 || year < 1970) return 0;
  return Date.UTC(year, month, Number(day), hour, minute, second) / 1000;
}
