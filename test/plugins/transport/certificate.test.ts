import { describe, expect, it } from "vitest";
import { judgeCertificate } from "../../../plugins/transport/certificate.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

function judge(seconds: number, warning: number, critical: number, commonName?: string) {
  const certificate = { commonName, notAfter: new Date(NOW + seconds * 1000) };
  const { state, text } = judgeCertificate(certificate, { warning, critical }, NOW + 999);
  return [state, text];
}

describe("a certificate", () => {
  it.each<readonly [seconds: number, warning: number, critical: number, state: number, text: string]>([
    [100 * DAY, 30, 0, 0, "OK - Certificate 'x' will expire on Wed Mar  3 12:00:00 2027 +0000.\n"],
    [31 * DAY, 30, 0, 0, "OK - Certificate 'x' will expire on Thu Dec 24 12:00:00 2026 +0000.\n"],
    [
      30 * DAY,
      30,
      0,
      1,
      "WARNING - Certificate 'x' expires in 30 day(s) (Wed Dec 23 12:00:00 2026 +0000).\n",
    ],
    [
      11 * DAY,
      30,
      10,
      1,
      "WARNING - Certificate 'x' expires in 11 day(s) (Fri Dec  4 12:00:00 2026 +0000).\n",
    ],
    [
      10 * DAY,
      30,
      10,
      2,
      "CRITICAL - Certificate 'x' expires in 10 day(s) (Thu Dec  3 12:00:00 2026 +0000).\n",
    ],
    [DAY - 1, 0, 0, 2, "CRITICAL - Certificate 'x' expires in 23 hours (Tue Nov 24 11:59:59 2026 +0000)\n"],
    [HOUR, 0, 0, 2, "CRITICAL - Certificate 'x' expires in 1 hours (Mon Nov 23 13:00:00 2026 +0000)\n"],
    [
      HOUR - 1,
      30,
      0,
      2,
      "CRITICAL - Certificate 'x' expires in 59 minutes (Mon Nov 23 12:59:59 2026 +0000)\n",
    ],
    [
      MINUTE - 1,
      30,
      0,
      2,
      "CRITICAL - Certificate 'x' expires in 0 minutes (Mon Nov 23 12:00:59 2026 +0000)\n",
    ],
    [0, 30, 0, 2, "CRITICAL - Certificate 'x' just expired (Mon Nov 23 12:00:00 2026 +0000).\n"],
    [-1, 30, 0, 2, "CRITICAL - Certificate 'x' expired on Mon Nov 23 11:59:59 2026 +0000.\n"],
    [-9 * DAY, 30, 0, 2, "CRITICAL - Certificate 'x' expired on Sat Nov 14 12:00:00 2026 +0000.\n"],
  ])("of %i seconds, -D %i,%i", (seconds, warning, critical, state, text) => {
    expect(judge(seconds, warning, critical, "x")).toEqual([state, text]);
  });

  it("without a common name is unknown", () => {
    expect(judge(-1, 0, 0)[1]).toContain("Certificate 'Unknown CN' expired");
  });
});
