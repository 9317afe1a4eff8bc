import { createSecretKey } from "node:crypto";

/** The properties in which the driver keeps the keys of a connection. */
const KEYS = [
  "_encKey",
  "_encKeyMain",
  "_encKeyPktLen",
  "_decipherKey",
  "_decKeyMain",
  "_decKeyPktLen",
  "_macKey",
];

/**
 * Replaces the driver's keys, which are bytes, by key objects. Otherwise Node makes a key object of the bytes
 * for each packet, which is a third of the CPU time of a command. A driver without these properties works as
 * before, only slower.
 *
 * @param client the driver's client, after an exchange of keys
 */
export function keepKeyObjects(client: object): void {
  const protocol = readObject(client, "_protocol");
  for (const name of ["_cipher", "_decipher"]) {
    const cipher = readObject(protocol, name);
    for (const key of KEYS) {
      const bytes: unknown = Reflect.get(cipher, key);
      if (Buffer.isBuffer(bytes)) Reflect.set(cipher, key, createSecretKey(bytes));
    }
  }
}

function readObject(owner: object, name: string): object {
  const value: unknown = Reflect.get(owner, name);
  return typeof value === "object" && value !== null ? value : {};
}
