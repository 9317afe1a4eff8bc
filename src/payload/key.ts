/**
 * AES-256 takes 32 bytes. Like the core, the C and the Go worker, we cut a longer password, and fill a
 * shorter one with zeros.
 */
const KEY_LENGTH = 32;

/** The key of all payloads of a site, made from the password, which is `key=` or in the key file. */
export function keyFromPassword(password: Uint8Array): Buffer {
  const key = Buffer.alloc(KEY_LENGTH);
  key.set(password.subarray(0, KEY_LENGTH));
  return key;
}
