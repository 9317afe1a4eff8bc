import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** net-snmp's functions around the keys of SNMPv3, and what it has of each algorithm. */
export interface KeyFunctions {
  readonly Authentication: {
    passwordToKey: (protocol: number, password: string | Buffer, engine: Buffer) => Buffer;
    calculateDigest: (message: Buffer, protocol: number, password: string, engine: Buffer) => Buffer;
    readonly algorithms: Readonly<Record<number, AuthenticationAlgorithm>>;
  };
  readonly Encryption: { readonly algorithms: Readonly<Record<number, PrivacyAlgorithm>> };
}

interface AuthenticationAlgorithm {
  readonly CRYPTO_ALGORITHM: string;
  readonly AUTHENTICATION_CODE_LENGTH: number;
}

interface PrivacyAlgorithm {
  localizationAlgorithm: (
    algorithm: PrivacyAlgorithm,
    protocol: number,
    password: string,
    engine: Buffer,
  ) => Buffer | KeyObject;
}

const MEGABYTE = 1 << 20;
const MAX_PASSWORDS = 1_000;
const MAX_KEYS = 20_000;

/**
 * Has net-snmp keep its keys another way. It hashes a megabyte for each password and engine, and keeps every result for ever, beside the
 * password; but the megabyte depends on the password alone: hashed once, a site's thousand devices cost a thousand short hashes. And it
 * hands keys to Node as bytes, of which Node makes a key object each time: half of what a check costs.
 */
export function keepKeys({ Authentication, Encryption }: KeyFunctions): void {
  const { algorithms } = Authentication;
  const digests = new Kept<Buffer>(MAX_PASSWORDS);
  const keys = new Kept<Buffer>(MAX_KEYS);
  const signing = new Kept<KeyObject>(MAX_KEYS);
  const hash = (protocol: number, ...parts: readonly Buffer[]) => {
    const algorithm = createHash(algorithmOf(algorithms, protocol).CRYPTO_ALGORITHM);
    for (const part of parts) algorithm.update(part);
    return algorithm.digest();
  };

  Authentication.passwordToKey = (protocol, password, engine) =>
    keys.get(nameOf(protocol, password, engine), () => {
      const allOfIt = () => hash(protocol, Buffer.alloc(MEGABYTE, password));
      const digest = digests.get(nameOf(protocol, password), allOfIt);
      return hash(protocol, digest, engine, digest);
    });

  Authentication.calculateDigest = (message, protocol, password, engine) => {
    const { CRYPTO_ALGORITHM: name, AUTHENTICATION_CODE_LENGTH: length } = algorithmOf(algorithms, protocol);
    const create = () => createSecretKey(Authentication.passwordToKey(protocol, password, engine));
    const key = signing.get(nameOf(protocol, password, engine), create);
    return createHmac(name, key).update(message).digest().subarray(0, length);
  };

  for (const algorithm of Object.values(Encryption.algorithms)) {
    const { localizationAlgorithm: localize } = algorithm;
    const encrypting = new Kept<KeyObject>(MAX_KEYS);
    algorithm.localizationAlgorithm = (of, protocol, password, engine) =>
      encrypting.get(nameOf(protocol, password, engine), () => {
        const key = localize(of, protocol, password, engine);
        return Buffer.isBuffer(key) ? createSecretKey(key) : key;
      });
  }
}

function algorithmOf(
  algorithms: KeyFunctions["Authentication"]["algorithms"],
  protocol: number,
): AuthenticationAlgorithm {
  const algorithm = algorithms[protocol];
  if (algorithm === undefined) throw new Error("a user without authentication");
  return algorithm;
}

/** It holds the password: it stays in this file. */
function nameOf(protocol: number, password: string | Buffer, engine?: Buffer): string {
  const text = typeof password === "string" ? password : password.toString("hex");
  return `${protocol} ${engine?.toString("latin1")} ${text}`;
}

/** All forgotten when there are too many: what is needed is soon there again. */
class Kept<Value> {
  readonly #values = new Map<string, Value>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(name: string, create: () => Value): Value {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const created = create();
    if (this.#values.size >= this.#max) this.#values.clear();
    this.#values.set(name, created);
    return created;
  }
}
