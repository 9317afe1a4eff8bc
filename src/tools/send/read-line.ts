import type { ByteString } from "../../byte-string.ts";

/** What one line of standard input says. */
export interface LineResult {
  readonly hostName: ByteString;
  readonly serviceDescription: ByteString | undefined;
  readonly returnCode: number;
  readonly output: ByteString;
  /** The text that was taken as return code 0 although it is no number. */
  readonly unclearCode: ByteString | undefined;
}

const NUMBER = /^[ \t]*[+-]?\d/;

/** Reads lines whose fields are separated by any of the delimiter's characters. */
export function lineReader(delimiter: ByteString): (line: ByteString) => LineResult | undefined {
  const characters = new Set(delimiter);
  return (line) => readLine(line, characters);
}

/**
 * `host D service D code D output`, or `host D code D output`. Undefined: there are fewer than three fields.
 * As in C's strtok several delimiters in a row are one, and the output of a service keeps its own. A service
 * line may end after the code: the output is empty then.
 */
function readLine(line: ByteString, delimiter: ReadonlySet<string>): LineResult | undefined {
  const [hostName, afterHost] = takeField(line, 0, delimiter);
  const [second, afterSecond] = takeField(line, afterHost, delimiter);
  const [third, afterThird] = takeField(line, afterSecond, delimiter);
  if (hostName === "" || second === "" || third === "") return undefined;
  const rest = line.slice(afterThird);
  const endsAfterCode = NUMBER.test(third) && !NUMBER.test(second);
  if (rest === "" && !endsAfterCode)
    return { hostName, serviceDescription: undefined, ...readCode(second), output: third };
  return { hostName, serviceDescription: second, ...readCode(third), output: rest };
}

/** The next field, and where the text after its delimiter begins. */
function takeField(
  line: ByteString,
  from: number,
  delimiter: ReadonlySet<string>,
): readonly [field: ByteString, next: number] {
  let start = from;
  while (start < line.length && delimiter.has(line.charAt(start))) start += 1;
  let end = start;
  while (end < line.length && !delimiter.has(line.charAt(end))) end += 1;
  return [line.slice(start, end), end + 1];
}

/** As C's atoi: a text without digits is 0. */
function readCode(text: ByteString): Pick<LineResult, "returnCode" | "unclearCode"> {
  const returnCode = Number.parseInt(text, 10);
  return Number.isNaN(returnCode)
    ? { returnCode: 0, unclearCode: text }
    : { returnCode, unclearCode: undefined };
}
