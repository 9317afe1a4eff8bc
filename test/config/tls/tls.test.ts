import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { diffConfig } from "../../../src/config/diff.ts";
import { load, problemsOf, warningsOf } from "../../support/config/load-memory.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";

const SERVER = createCertificate({ commonNames: ["gearmand"], notAfter: inDays(100) });
const CLIENT = createCertificate({ commonNames: ["worker"], notAfter: inDays(100) });
const OTHER = createCertificate({ commonNames: ["other"], notAfter: inDays(100) });
const EXPIRED = createCertificate({ commonNames: ["old"], notAfter: new Date("2026-01-02T03:04:05Z") });
const LATER = createCertificate({ commonNames: ["soon"], notAfter: new Date(Date.now() + 20_000_000) });
const LOCKED = createPrivateKey(CLIENT.key).export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "a passphrase",
});

const FILES = {
  "/ca.crt": SERVER.cert,
  "/old-ca.crt": EXPIRED.cert,
  "/bundle.crt": `${EXPIRED.cert}# a comment\n${SERVER.cert}`,
  "/client.crt": `${CLIENT.cert}${OTHER.cert}`,
  "/client.key": CLIENT.key,
  "/other.key": OTHER.key,
  "/old.crt": EXPIRED.cert,
  "/old.key": EXPIRED.key,
  "/soon.crt": LATER.cert,
  "/soon.key": LATER.key,
  "/locked.key": LOCKED,
  "/junk": "junk",
};
const BASE = ["server=a,b:1", "encryption=no"];
const TLS = [...BASE, "tls=yes", "tls_ca_file=/ca.crt"];
const WHOLE = [...TLS, "tls_certificate=/client.crt", "tls_key=/client.key"];

const loadTls = (argv: readonly string[], files = {}, modes = {}) =>
  load(argv, { files: { ...FILES, ...files }, modes });

describe("the options of TLS", () => {
  it("are off: the connections are plain", () => {
    expect(loadTls(BASE).config.server).toEqual([
      { host: "a", port: 4730 },
      { host: "b", port: 1 },
    ]);
  });

  it.each([
    ["tls=yes, for all servers", WHOLE, [true, true, true]],
    ["gearmand's own names", [...BASE, "ssl=yes", "ssl_ca_file=/ca.crt"], [true, true, true]],
    ["tls:// for one", ["server=tls://a,b", "encryption=no", "tls_ca_file=/ca.crt"], [true, false, false]],
    [
      "tcp:// for one without",
      [...TLS, "server=tcp://c", "server=TLS://[::1]"],
      [true, true, false, true, true],
    ],
  ])("count for the servers that they mean: %s", (_, argv, expected) => {
    const { config } = loadTls([...argv, "dupserver=d"]);
    const all = [...config.server, ...config.dupserver];
    expect(all.map(({ tls }) => tls !== undefined)).toEqual(expected);
  });

  it.each([
    [[...BASE, "tls=yes"], "TLS needs tls_ca_file, the authority of the job servers' certificates"],
    [[...BASE, "server=tls://c"], "TLS needs tls_ca_file, the authority of the job servers' certificates"],
    [[...BASE, "tls=perhaps"], "tls: 'perhaps' is neither yes nor no"],
    [[...TLS, "server=tls://a"], "a:4730 is named twice, with and without tls:// (remove one of them)"],
    [[...TLS, "tls_certificate=/client.crt"], "tls_certificate needs its private key (tls_key=FILE)"],
    [[...TLS, "tls_key=/client.key"], "tls_key needs its certificate (tls_certificate=FILE)"],
    [[...TLS, "tls_ca_file=/gone"], "could not open tls_ca_file: /gone: no such file or directory"],
    [[...WHOLE, "tls_key=/gone"], "could not open tls_key: /gone: no such file or directory"],
    [[...TLS, "tls_ca_file=/junk"], "tls_ca_file has no certificate that can be read"],
    [[...TLS, "tls_ca_file=/client.key"], "tls_ca_file has no certificate that can be read"],
    [[...TLS, "tls_ca_file=/old-ca.crt"], "it has expired on 2026-01-02T03:04:05.000Z (renew it)"],
    [[...WHOLE, "tls_certificate=/junk"], "tls_certificate has no certificate that can be read"],
    [[...WHOLE, "tls_key=/junk"], "tls_key has no private key that can be read"],
    [[...WHOLE, "tls_key=/locked.key"], "tls_key has a passphrase"],
    [[...WHOLE, "tls_key=/other.key"], "tls_key is not the key of tls_certificate"],
    [
      [...TLS, "tls_certificate=/old.crt", "tls_key=/old.key"],
      "tls_certificate: it has expired on 2026-01-02T03:04:05.000Z (renew it)",
    ],
    [
      [...BASE, "tls_ca_file=/ca.crt"],
      "tls_ca_file is given, but no connection would use TLS (tls=yes, or tls=no)",
    ],
  ])("refuse what is unsafe or cannot be: %j", (argv, expected) => {
    expect(problemsOf(() => loadTls(argv))?.join("\n")).toContain(expected);
  });

  it.each([
    [
      0o644,
      "every user of this machine may read tls_key /client.key (chmod o= FILE, or defaultMode: 0440 of a Secret's volume)",
    ],
    [
      0o642,
      "every user of this machine may write tls_key /client.key (chmod o= FILE, or defaultMode: 0440 of a Secret's volume)",
    ],
  ])("refuse a private key with the rights %o", (mode, expected) => {
    const problems = problemsOf(() => loadTls(WHOLE, {}, { "/client.key": mode }));
    expect(problems).toEqual([`command line: ${expected}`]);
  });

  it.each([
    ["a key for the group", WHOLE, { "/client.key": 0o640 }],
    ["a bundle with an authority that has expired", [...TLS, "tls_ca_file=/bundle.crt"], {}],
    ["files for later", ["server=localhost", "encryption=no", "tls=no", "tls_ca_file=/gone"], {}],
  ])("take %s", (_, argv, modes) => {
    expect(warningsOf(loadTls(argv, {}, modes))).toEqual([]);
  });

  it("warn of a certificate that expires soon", () => {
    const loaded = loadTls([...TLS, "tls_certificate=/soon.crt", "tls_key=/soon.key"]);
    expect(warningsOf(loaded)).toEqual([
      expect.stringMatching(/^command line: warning: tls_certificate expires on 20.*\(renew it\)$/),
    ]);
  });

  it("warn of an authority that expires soon", () => {
    expect(warningsOf(loadTls([...TLS, "tls_ca_file=/soon.crt"]))).toEqual([
      expect.stringMatching(/warning: the certificate in tls_ca_file expires on 20.*\(renew it\)$/),
    ]);
  });

  it("know from when to when the client certificate and the last of the authorities count", () => {
    const { validities } = loadTls([...WHOLE, "tls_ca_file=/bundle.crt"]).config.server[0]?.tls ?? {};
    const remaining = (["client", "ca"] as const).map((each) => {
      const { validFromDate, validToDate } = validities?.[each] ?? {};
      return (
        validFromDate &&
        validToDate &&
        validFromDate.getTime() < Date.now() &&
        validToDate.getTime() > Date.now()
      );
    });
    expect(remaining).toEqual([true, true]);
  });

  it("differ when a file has another content, and the addresses do not", () => {
    const before = loadTls(WHOLE).config;
    const files = { "/client.crt": OTHER.cert, "/client.key": OTHER.key };
    expect(diffConfig(before, loadTls(WHOLE, files).config)).toEqual({
      live: [],
      restart: [],
      reconnect: ["tls_certificate", "tls_key"],
    });
    expect(diffConfig(before, loadTls(WHOLE).config).reconnect).toEqual([]);
  });
});
