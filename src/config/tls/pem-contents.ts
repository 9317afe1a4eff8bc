import { resolve } from "node:path";
import type { ValidityOfCertificate } from "../../gearman/tls/validity.ts";
import type { Machine } from "../machine.ts";
import { PemFile } from "../pem-file.ts";
import { error, type Remark, warning } from "../problem.ts";
import { showValue } from "../quote.ts";
import { rightsHint, systemReason } from "../read/read-file.ts";

type Report = (remark: Remark) => void;

/** A file with its content. Undefined: it cannot be read, and that is reported. */
export function readPem(
  option: string,
  { path }: PemFile,
  machine: Machine,
  report: Report,
): PemFile | undefined {
  try {
    return new PemFile(path, machine.readFile(resolve(machine.cwd, path)));
  } catch (cause) {
    report(error(`could not open ${option}: ${showValue(path)}: ${systemReason(cause)}`, rightsHint(cause)));
    return undefined;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Bundles of authorities may have some that have expired. One that counts is enough. */
export function checkAuthorities(pem: Buffer, report: Report): void {
  const found = certificatesOf(pem);
  if (found === undefined || found.length === 0)
    report(
      error("tls_ca_file has no certificate that can be read", "it is PEM: -----BEGIN CERTIFICATE-----"),
    );
  else if (found.every(hasExpired))
    report(error(`tls_ca_file has no valid certificate: ${expiry(found[0])}`, "renew it"));
  else if (found.every(expiresSoon)) {
    const last = readLongestValidity(pem)?.validToDate.toISOString();
    report(warning(`the certificate in tls_ca_file expires on ${last}`, "renew it"));
  }
}

/** The certificate and its key: they belong together, and are valid. */
export function checkClient(certificate: Buffer, key: Buffer, report: Report): void {
  const first = certificatesOf(certificate)?.[0];
  if (first === undefined) {
    report(
      error("tls_certificate has no certificate that can be read", "it is PEM: -----BEGIN CERTIFICATE-----"),
    );
    return;
  }
  if (hasExpired(first)) report(error(`tls_certificate: ${expiry(first)}`, "renew it"));
  else if (expiresSoon(first))
    report(warning(`tls_certificate expires on ${first.validToDate.toISOString()}`, "renew it"));
  if (first.validFromDate.getTime() > Date.now())
    report(warning(`tls_certificate is not valid before ${first.validFromDate.toISOString()}`));
  checkKey(key, first, report);
}

/** Of the first certificate of a file, which is the client's own. */
export function readValidity(pem: Buffer): ValidityOfCertificate | undefined {
  return certificatesOf(pem)?.[0];
}

/** Of the certificate of a file that counts longest: one authority is enough. */
export function readLongestValidity(pem: Buffer): ValidityOfCertificate | undefined {
  return certificatesOf(pem)
    ?.toSorted((one, other) => one.validToDate.getTime() - other.validToDate.getTime())
    .at(-1);
}

function checkKey(pem: Buffer, certificate: Certificate, report: Report): void {
  const { createPrivateKey } = crypto();
  try {
    if (certificate.checkPrivateKey(createPrivateKey(pem))) return;
    report(
      error("tls_key is not the key of tls_certificate", "a certificate has a key of its own, name that"),
    );
  } catch (cause) {
    const isLocked = cause instanceof Error && /passphrase|bad decrypt|interrupted/i.test(cause.message);
    report(
      isLocked
        ? error("tls_key has a passphrase", "write it without one: openssl pkey -in KEY -out FILE")
        : error("tls_key has no private key that can be read", "it is PEM: -----BEGIN PRIVATE KEY-----"),
    );
  }
}

const [OTHERS_READ, OTHERS_WRITE] = [0o004, 0o002];

/** A private key that everybody may read is none. */
export function checkRights({ path }: PemFile, machine: Machine, report: Report): void {
  const { mode = 0 } = machine.stat(resolve(machine.cwd, path));
  if ((mode & (OTHERS_READ | OTHERS_WRITE)) === 0) return;
  const may = (mode & OTHERS_READ) === 0 ? "write" : "read";
  report(
    error(
      `every user of this machine may ${may} tls_key ${showValue(path)}`,
      "chmod o= FILE, or defaultMode: 0440 of a Secret's volume",
    ),
  );
}

function crypto() {
  return process.getBuiltinModule("node:crypto");
}

type Certificate = InstanceType<ReturnType<typeof crypto>["X509Certificate"]>;

/** Undefined: one of them cannot be read. */
function certificatesOf(pem: Buffer): readonly Certificate[] | undefined {
  const { X509Certificate } = crypto();
  try {
    return [...pem.toString("latin1").matchAll(CERTIFICATE)].map(([one]) => new X509Certificate(one));
  } catch {
    return undefined;
  }
}

function hasExpired({ validToDate }: Certificate): boolean {
  return validToDate.getTime() <= Date.now();
}

const SOON_MS = 14 * 86_400_000;

/** Certificates that live for hours only are renewed late in their life. */
export function expiresSoon({ validFromDate, validToDate }: ValidityOfCertificate): boolean {
  const life = validToDate.getTime() - validFromDate.getTime();
  return validToDate.getTime() - Date.now() < Math.min(SOON_MS, life / 5);
}

function expiry(certificate: Certificate | undefined): string {
  return `it has expired on ${certificate?.validToDate.toISOString() ?? ""}`;
}
