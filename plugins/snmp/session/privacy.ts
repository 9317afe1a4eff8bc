import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv, randomBytes } from "node:crypto";

/** The part of net-snmp that encrypts for SNMPv3. */
export interface PrivacyFunctions {
  readonly Authentication: { passwordToKey(protocol: number, password: string, engine: Buffer): Buffer };
  readonly Encryption: { readonly algorithms: Record<number, Algorithm> };
  /** Names → numbers. */
  readonly PrivProtocols: Record<string, number>;
}

interface Algorithm extends Encrypting {
  readonly CRYPTO_ALGORITHM: string;
  readonly KEY_LENGTH: number;
}

interface Encrypting {
  encryptPdu(
    pdu: Buffer,
    privacy: number,
    password: string,
    protocol: number,
    engine: { readonly engineID: Buffer },
  ): { readonly encryptedPdu: Buffer; readonly msgPrivacyParameters: Buffer };
  decryptPdu(
    pdu: Buffer,
    privacy: number,
    salt: Buffer,
    password: string,
    protocol: number,
    engine: { readonly engineID: Buffer },
  ): Buffer;
}

const TRIPLE_DES = "des-ede3-cbc";
const BLOCK = 8;
/** Numbers that net-snmp does not use. Names and numbers stand in one table. */
const AES192 = { aes192b: 101, aes192r: 102 } as const;
const AES192_KEY = 24;

/**
 * Adds what net-snmp lacks for SNMPv3: AES-192, and DES, which Node's OpenSSL no longer has by this name.
 * Triple DES with the same key three times is DES.
 */
export function addPrivacy({ PrivProtocols: numbers, Encryption, Authentication }: PrivacyFunctions): void {
  const { algorithms } = Encryption;
  for (const [name, like] of [
    ["aes192b", "aes256b"],
    ["aes192r", "aes256r"],
  ] as const) {
    const algorithm = algorithms[numbers[like] ?? 0];
    if (algorithm === undefined) throw new Error(`net-snmp has no ${like}`);
    numbers[name] = AES192[name];
    algorithms[AES192[name]] = { ...algorithm, CRYPTO_ALGORITHM: "aes-192-cfb", KEY_LENGTH: AES192_KEY };
  }
  const plain = algorithms[numbers["des"] ?? 0];
  if (plain === undefined) throw new Error("net-snmp has no place for DES");
  const keyOf = (protocol: number, password: string, engine: Buffer) =>
    Authentication.passwordToKey(protocol, password, engine);
  Object.assign(plain, createDes(keyOf));
}

type KeyOf = (protocol: number, password: string, engine: Buffer) => Buffer;

/** The first half of the key encrypts. The second half and the salt make the vector. */
function createDes(keyOf: KeyOf): Encrypting {
  return {
    encryptPdu(pdu, _privacy, password, protocol, { engineID }) {
      const key = keyOf(protocol, password, engineID);
      const salt = randomBytes(BLOCK);
      const padded = Buffer.alloc(Math.ceil(pdu.length / BLOCK) * BLOCK);
      pdu.copy(padded);
      return {
        encryptedPdu: run(createCipheriv(TRIPLE_DES, triple(key), vectorOf(key, salt)), padded),
        msgPrivacyParameters: salt,
      };
    },
    decryptPdu(pdu, _privacy, salt, password, protocol, { engineID }) {
      const key = keyOf(protocol, password, engineID);
      return run(createDecipheriv(TRIPLE_DES, triple(key), vectorOf(key, salt)), pdu);
    },
  };
}

function vectorOf(key: Buffer, salt: Buffer): Buffer {
  return Buffer.from(salt.subarray(0, BLOCK).map((byte, at) => byte ^ (key[BLOCK + at] ?? 0)));
}

function triple(key: Buffer): Buffer {
  const half = key.subarray(0, BLOCK);
  return Buffer.concat([half, half, half]);
}

/** SNMP pads a text by itself. */
function run(cipher: Cipheriv | Decipheriv, text: Buffer): Buffer {
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(text), cipher.final()]);
}
