/** Columns of a screen, as libpq sees it. */
const DISPLAY_SIZE = 60;
/** Columns between the place and the end of the line that libpq tries to keep. */
const MIN_RIGHT_CUT = 10;

/**
 * The two lines that show a place in a query, as `reportErrorPosition` of libpq prints them. The query is
 * ASCII, so each character is one byte and one column. Empty if the place is outside of the query.
 *
 * @param position counts from 1
 */
export function showPosition(query: string, position: number): string {
  const place = position - 1;
  if (place < 0 || place > query.length) return "";
  const { begin, end, line } = findLine(query, place);
  const shown = cut({ begin, end, place });
  const text = query.slice(shown.begin, shown.end).replaceAll("\t", " ");
  const head = `LINE ${line}: ${shown.begin > begin ? "..." : ""}`;
  const tail = shown.end < end ? "..." : "";
  return `${head}${text}${tail}\n${" ".repeat(head.length + place - shown.begin)}^\n`;
}

/** The line that holds the place. `\r\n` is one line break. */
function findLine(query: string, place: number) {
  const before = query.slice(0, place);
  const breaks = [...before.matchAll(/\r\n|\r|\n/g)];
  const last = breaks.at(-1);
  const begin = last === undefined ? 0 : last.index + last[0].length;
  const next = query.slice(place).search(/[\r\n]/);
  return { begin, end: next < 0 ? query.length : place + next, line: breaks.length + 1 };
}

interface Extract {
  readonly begin: number;
  readonly end: number;
  readonly place: number;
}

/** Cuts a long line, on the right side if that is enough. */
function cut({ begin, end, place }: Extract): Pick<Extract, "begin" | "end"> {
  if (end - begin <= DISPLAY_SIZE) return { begin, end };
  if (begin + DISPLAY_SIZE >= place + MIN_RIGHT_CUT) return { begin, end: begin + DISPLAY_SIZE };
  const right = Math.min(end, place + MIN_RIGHT_CUT);
  return { begin: Math.max(begin, right - DISPLAY_SIZE), end: right };
}
