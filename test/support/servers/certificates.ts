import { generateKeyPairSync, sign } from "node:crypto";

/** Both are PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateSettings {
  readonly commonNames?: readonly string[];
  readonly notAfter: Date;
  /** A key of an elliptic curve is made faster. */
  readonly algorithm?: "ec" | "rsa";
}

const DAY_MS = 86_400_000;

export function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

/** Makes a self-signed X.509 certificate (version 3) with any end date, in the past too. */
export function createCertificate(settings: CertificateSettings): ServerCertificate {
  const { commonNames = [], notAfter, algorithm = "ec" } = settings;
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
const [SEQUENCE, SET, VERSION] = [0x30, 0x31, 0xa0];
const COMMON_NAME = der(OBJECT, Buffer.of(0x55, 4, 3));
/** Signature algorithms with SHA-256. */
const SIGNATURES = {
  ec: [der(OBJECT, Buffer.from("2a8648ce3d040302", "hex"))],
  rsa: [der(OBJECT, Buffer.from("2a864886f70d01010b", "hex")), der(NULL)],
};

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
  const size = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), body]);
}

/** Two digits of the year until 2049, four from then on. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]|\..*/g, "")}Z`;
  const isLong = date.getUTCFullYear() >= 2050;
  return der(isLong ? GENERALIZED_TIME : UTC_TIME, Buffer.from(isLong ? digits : digits.slice(2)));
}
