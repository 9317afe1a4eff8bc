const EQUALS = 0x3d;
/** Line breaks of encoders for mail, blanks at the ends, and the NUL that some C clients send. */
const FILLER = /[\0\t\n\v\f\r ]+/g;

/**
 * Decodes a workload. Undefined: it is no base64. Node's decoder skips characters that it does not know. Each
 * of them makes the result shorter than the length of the text promises, so the lengths are compared.
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
