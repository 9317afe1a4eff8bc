import { generateKeyPairSync, sign } from "node:crypto";

/** Both are PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateSettings {
  readonly commonNames?: readonly string[];
  /** Names and IPv4 addresses that the certificate is for. */
  readonly altNames?: readonly string[];
  readonly notAfter: Date;
  /** A key of an elliptic curve is made faster. */
  readonly algorithm?: "ec" | "rsa";
}

const DAY_MS = 86_400_000;

/** Makes a self-signed X.509 certificate (version 3) with any end date, in the past too. */
export function createCertificate(settings: CertificateSettings): ServerCertificate {
  const { commonNames = [], altNames = [], notAfter, algorithm = "ec" } = settings;
  const { publicKey, privateKey } = createKeys(algorithm);
  const signatureKind = sequence(...SIGNATURES[algorithm]);
  const name = sequence(
    ...commonNames.map((each) => der(SET, sequence(COMMON_NAME, der(UTF8_STRING, Buffer.from(each))))),
  );
  const notBefore = new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS);
  const toBeSigned = sequence(
    der(VERSION, der(INTEGER, Buffer.of(2))),
    der(INTEGER, Buffer.of(1)),
    signatureKind,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    ...(altNames.length === 0 ? [] : [createAltNames(altNames)]),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  const signed = sequence(toBeSigned, signatureKind, der(BIT_STRING, Buffer.of(0), signature));
  return {
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    cert: `-----BEGIN CERTIFICATE-----\n${signed.toString("base64")}\n-----END CERTIFICATE-----\n`,
  };
}

const [INTEGER, BIT_STRING, NULL, OBJECT, UTF8_STRING, UTC_TIME, GENERALIZED_TIME] = [
  2, 3, 5, 6, 0x0c, 0x17, 0x18,
];
const [SEQUENCE, SET, VERSION, EXTENSIONS] = [0x30, 0x31, 0xa0, 0xa3];
const [OCTET_STRING, DNS_NAME, IP_ADDRESS] = [4, 0x82, 0x87];
const SUBJECT_ALT_NAME = Buffer.from("0603551d11", "hex");
const COMMON_NAME = der(OBJECT, Buffer.of(0x55, 4, 3));
/** Signature algorithms with SHA-256. */
const SIGNATURES = {
  ec: [der(OBJECT, Buffer.from("2a8648ce3d040302", "hex"))],
  rsa: [der(OBJECT, Buffer.from("2a864886f70d01010b", "hex")), der(NULL)],
};

function createAltNames(names: readonly string[]): Buffer {
  const all = names.map((name) =>
    /^[0-9.]+$/.test(name)
      ? der(IP_ADDRESS, Buffer.from(name.split(".").map(Number)))
      : der(DNS_NAME, Buffer.from(name)),
  );
  const extension = sequence(SUBJECT_ALT_NAME, der(OCTET_STRING, sequence(...all)));
  return der(EXTENSIONS, sequence(extension));
}

function createKeys(algorithm: "ec" | "rsa") {
  if (algorithm === "rsa") return generateKeyPairSync("rsa", { modulusLength: 2048 });
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return der(SEQUENCE, ...contents);
}

/** An element of DER: tag, length, contents. */
function der(tag = 0, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag, ...sizeOf(body.length)), body]);
}

/** In as few bytes as it takes: some readers are strict. */
function sizeOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length <= 0xff ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

/** Two digits of the year until 2049, four from then on. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]|\..*/g, "")}Z`;
  const isLong = date.getUTCFullYear() >= 2050;
  return der(isLong ? GENERALIZED_TIME : UTC_TIME, Buffer.from(isLong ? digits : digits.slice(2)));
}
