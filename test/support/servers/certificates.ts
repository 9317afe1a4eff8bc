import { createCertificate, type ServerCertificate } from "../../../src/demo/servers/certificate.ts";

export { createCertificate, type ServerCertificate };

const DAY_MS = 86_400_000;

export function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}
