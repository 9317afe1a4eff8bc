import { tlsReasonOf } from "./tls/tls-reason.ts";

/**
 * If a host has several addresses (IPv4 and IPv6 of `localhost`), Node fails with an AggregateError without a
 * text.
 */
export function reasonOf(error: Error): string {
  if (!(error instanceof AggregateError)) return tlsReasonOf(error) ?? error.message;
  return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join("; ");
}
