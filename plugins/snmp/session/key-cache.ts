import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** The part of net-snmp that derives and uses the keys of SNMPv3. */
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
  localizationAlgorithm(
    algorithm: PrivacyAlgorithm,
    protocol: number,
    password: string,
    engine: Buffer,
  ): Buffer | KeyObject;
}

const MEGABYTE = 1 << 20;
const MAX_PASSWORDS = 1_000;
const MAX_KEYS = 20_000;

/**
 * Replaces the way net-snmp keeps its keys. net-snmp hashes a megabyte for each password and engine, and
 * keeps every result for ever, together with the password. But the megabyte depends on the password alone.
 * Hashed once, it leaves one short hash for each of a site's devices. net-snmp also passes keys to Node as
 * bytes, so Node makes a key object each time, which is half of a check's CPU time.
 */
export function cacheKeys({ Authentication, Encryption }: KeyFunctions): void {
  const { algorithms } = Authentication;
  const digests = new Cache<Buffer>(MAX_PASSWORDS);
  const keys = new Cache<Buffer>(MAX_KEYS);
  const signing = new Cache<KeyObject>(MAX_KEYS);
  const hash = (protocol: number, ...parts: readonly Buffer[]) => {
    const algorithm = createHash(algorithmOf(algorithms, protocol).CRYPTO_ALGORITHM);
    for (const part of parts) algorithm.update(part);
    return algorithm.digest();
  };

  Authentication.passwordToKey = (protocol, password, engine) =>
    keys.get(nameOf(protocol, password, engine), () => {
      const hashPassword = () => hash(protocol, Buffer.alloc(MEGABYTE, password));
      const digest = digests.get(nameOf(protocol, password), hashPassword);
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
    const encrypting = new Cache<KeyObject>(MAX_KEYS);
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

/** The name holds the password: it stays in this file. */
function nameOf(protocol: number, password: string | Buffer, engine?: Buffer): string {
  const text = typeof password === "string" ? password : password.toString("hex");
  return `${protocol} ${engine?.toString("latin1")} ${text}`;
}

/** A map that forgets all its values when there are too many. The values in use are soon made again. */
class Cache<Value> {
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
