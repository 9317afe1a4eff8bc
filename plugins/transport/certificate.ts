import type { TLSSocket } from "node:tls";
import { CRITICAL, OK, type State, WARNING } from "../../sdk/index.ts";
import { sprintf } from "../libc/printf.ts";

/** What the checks look at in a server's certificate. */
export interface Certificate {
  /** The first CN of the subject, as a byte string. */
  readonly commonName: string | undefined;
  readonly notAfter: Date;
}

/** `-D 30,10`: a certificate that is valid for so many days or fewer is WARNING, or CRITICAL. */
export interface ExpiryLimits {
  readonly warning: number;
  readonly critical: number;
}

export interface CertificateAnswer {
  readonly state: State;
  /** One line, with its line break. */
  readonly text: string;
}

const DAY = 86_400;

/** Reads the server's certificate. A server always has one here: the handshake fails without. */
export function readCertificate(socket: TLSSocket): Certificate {
  const { subject, valid_to: notAfter } = socket.getPeerCertificate();
  const names: string | readonly string[] | undefined = subject?.CN;
  const first = typeof names === "string" ? names : names?.[0];
  const commonName = first === undefined ? undefined : Buffer.from(first).toString("latin1").slice(0, 255);
  return { commonName, notAfter: new Date(notAfter) };
}

/**
 * Judges how long a certificate is valid, in the plugins' words. They count in floats: decades ahead these
 * are wrong by seconds.
 */
export function judgeCertificate(
  { commonName = "Unknown CN", notAfter }: Certificate,
  { warning, critical }: ExpiryLimits,
  nowMs: number = Date.now(),
): CertificateAnswer {
  const left = Math.fround(Math.floor(notAfter.getTime() / 1000) - Math.floor(nowMs / 1000));
  const days = Math.trunc(Math.fround(left / DAY));
  const state = days > critical ? WARNING : CRITICAL;
  const word = state === WARNING ? "WARNING" : "CRITICAL";
  const title = `Certificate '${commonName}'`;
  const date = renderDate(notAfter);
  if (days > 0 && days <= warning) {
    return { state, text: `${word} - ${title} expires in ${days} day(s) (${date}).\n` };
  }
  if (days === 0 && left > 0)
    return { state, text: `${word} - ${title} expires in ${renderRest(left)} (${date})\n` };
  if (left < 0) return { state: CRITICAL, text: `CRITICAL - ${title} expired on ${date}.\n` };
  if (days === 0) return { state, text: `${word} - ${title} just expired (${date}).\n` };
  return { state: OK, text: `OK - ${title} will expire on ${date}.\n` };
}

function renderRest(seconds: number): string {
  return seconds >= 3600 ? `${Math.trunc(seconds / 3600)} hours` : `${Math.trunc(seconds / 60)} minutes`;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Thu Nov 20 06:56:05 2036 +0000`: `%c %z` of the C locale, in GMT. */
function renderDate(date: Date): string {
  return sprintf(
    "%s %s %2d %02d:%02d:%02d %d +0000",
    DAYS[date.getUTCDay()] ?? "",
    MONTHS[date.getUTCMonth()] ?? "",
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCFullYear(),
  );
}
