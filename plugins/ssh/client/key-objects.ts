import { createSecretKey } from "node:crypto";

/** Where the driver has the keys of a connection, each under one of these names. */
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
 * Has the driver keep its keys as key objects. It hands them to Node as bytes for each packet, of which Node makes an object each time:
 * a third of what a command costs. Where the driver has no such keys all goes on, only slower.
 *
 * @param client the driver's, when keys have been exchanged
 */
export function keepKeys(client: object): void {
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
