import { toByteString } from "../byte-string.ts";
import { thisMachine } from "../config/machine.ts";
import { PemFile } from "../config/pem-file.ts";
import { ConfigError, type Remark } from "../config/problem.ts";
import { readTls, withTls } from "../config/tls/read-tls.ts";
import type { ServerAddress, WrittenAddress } from "../gearman/server-address.ts";
import type { Letter, LetterValues } from "./letters.ts";

/** Options of TLS of a tool whose options are letters. */
export const TLS_LETTERS: readonly Letter[] = [
  { name: "tls", help: "speak TLS with the job servers; -H tls://HOST does so with one" },
  { name: "tls-ca-file", value: "FILE", help: "authorities of the job servers' certificates, PEM" },
  { name: "tls-certificate", value: "FILE", help: "a client certificate, PEM" },
  { name: "tls-key", value: "FILE", help: "its private key, PEM" },
  { name: "tls-server-name", value: "NAME", help: "the name in the certificates, if it is not HOST" },
];

/** The servers ready for use. Throws a ConfigError about the files. */
export function secureServers(
  values: LetterValues,
  written: readonly WrittenAddress[],
): readonly ServerAddress[] {
  const one = (name: string) => values.get(name)?.at(-1);
  const file = (name: string) => {
    const path = one(name);
    return path === undefined ? undefined : new PemFile(path);
  };
  const name = one("tls-server-name");
  const given = {
    tls: values.has("tls"),
    tlsCaFile: file("tls-ca-file"),
    tlsCertificate: file("tls-certificate"),
    tlsKey: file("tls-key"),
    tlsServerName: name === undefined ? undefined : toByteString(name),
  };
  const problems: Remark[] = [];
  const { tls } = readTls(given, written, {
    machine: thisMachine(),
    report: (_, remark) => problems.push(remark),
    isDecided: false,
  });
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(problems);
  return withTls(written, tls, given.tls);
}
