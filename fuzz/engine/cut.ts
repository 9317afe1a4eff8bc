/**
 * The bytes in pieces. Where they are cut follows from the bytes, so an input is cut in the same places each
 * time.
 */
export function cutUp(bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let state = bytes.length;
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state ^ (bytes[at] ?? 0), 0x01000193) + 0x9e3779b9) >>> 0;
    const size = state % 3 === 0 ? 1 : 1 + ((state >>> 8) % (state % 3 === 1 ? 16 : 4096));
    pieces.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}
