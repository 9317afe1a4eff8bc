const EQUALS = 0x3d;
/** Line wraps of mail-style encoders, blanks at the ends, and the NUL some C clients send along. */
const FILLER = /[\0\t\n\v\f\r ]+/g;

/**
 * The bytes, or undefined if the workload is no base64. Node's decoder skips what it does not know, so
 * the length tells: every skipped character makes the result shorter than the text promises.
 */
export function decodeBase64(workload: Buffer): Buffer | undefined {
  const text = workload.toString("latin1");
  const bytes = decodeWhole(text);
  if (bytes !== undefined) return bytes;
  const unwrapped = text.replace(FILLER, "");
  return unwrapped.length === text.length ? undefined : decodeWhole(unwrapped);
}

function decodeWhole(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === promisedLength(text) ? bytes : undefined;
}

function promisedLength(text: string): number | undefined {
  let end = text.length;
  if (text.charCodeAt(end - 1) === EQUALS) end -= 1;
  if (text.charCodeAt(end - 1) === EQUALS) end -= 1;
  return end % 4 === 1 ? undefined : Math.floor((end * 3) / 4);
}
