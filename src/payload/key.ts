/** AES-256 takes 32 bytes. Both peers and the core cut a longer password and fill a shorter one with zeros. */
const KEY_LENGTH = 32;

/** Bytes of the password (of `key=` or the key file) → the key every payload of the site is encrypted with. */
export function keyFromPassword(password: Uint8Array): Buffer {
  const key = Buffer.alloc(KEY_LENGTH);
  key.set(password.subarray(0, KEY_LENGTH));
  return key;
}
