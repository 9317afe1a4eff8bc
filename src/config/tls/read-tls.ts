import { type ByteString, fromByteString } from "../../byte-string.ts";
import type { ServerAddress, WrittenAddress } from "../../gearman/server-address.ts";
import { ServerTls } from "../../gearman/tls/server-tls.ts";
import type { Machine } from "../machine.ts";
import type { PemFile } from "../pem-file.ts";
import { error, type Remark } from "../problem.ts";
import {
  checkAuthorities,
  checkClient,
  checkRights,
  readLongestValidity,
  readPem,
  readValidity,
} from "./pem-contents.ts";

/** The values of the options of TLS. */
export interface TlsGiven {
  readonly tls: boolean;
  readonly tlsCaFile: PemFile | undefined;
  readonly tlsCertificate: PemFile | undefined;
  readonly tlsKey: PemFile | undefined;
  readonly tlsServerName: ByteString | undefined;
}

export type TlsOption = "tls" | "tls_ca_file" | "tls_certificate" | "tls_key" | "tls_server_name";

export interface TlsReading {
  readonly machine: Machine;
  /** `option` is where the remark belongs. */
  readonly report: (option: TlsOption, remark: Remark) => void;
  /** `tls=` was written, so files without TLS are no mistake. */
  readonly isDecided: boolean;
}

/** The files with their contents, and what is made of them. */
export interface TlsRead {
  readonly files: Partial<Pick<TlsGiven, "tlsCaFile" | "tlsCertificate" | "tlsKey">>;
  /** Undefined: there is no TLS, or it was reported why it cannot be. */
  readonly tls: ServerTls | undefined;
}

/** Reads and checks the files if some server is spoken to over TLS. */
export function readTls(given: TlsGiven, servers: readonly WrittenAddress[], reading: TlsReading): TlsRead {
  const isWanted = given.tls || servers.some(({ tls }) => tls === true);
  if (!isWanted) {
    reportUnused(given, reading);
    return { files: {}, tls: undefined };
  }
  const files = readFiles(given, reading);
  const { tlsCaFile, tlsCertificate, tlsKey } = files;
  const ca = tlsCaFile?.content;
  if (ca === undefined) return { files, tls: undefined };
  const serverName = given.tlsServerName === undefined ? undefined : fromByteString(given.tlsServerName);
  const [certificate, key] = [tlsCertificate?.content, tlsKey?.content];
  const client = certificate && key && { certificate, key, validity: readValidity(certificate) };
  return { files, tls: new ServerTls({ ca, caValidity: readLongestValidity(ca), client, serverName }) };
}

/** The addresses ready for use. `isDefault` is the option `tls`. */
export function withTls(
  servers: readonly WrittenAddress[],
  tls: ServerTls | undefined,
  isDefault: boolean,
): readonly ServerAddress[] {
  return servers.map(({ host, port, tls: isWritten = isDefault }) => ({
    host,
    port,
    ...(isWritten && tls && { tls }),
  }));
}

function reportUnused(given: TlsGiven, { report, isDecided }: TlsReading): void {
  if (isDecided) return;
  const names = [
    given.tlsCaFile && "tls_ca_file",
    given.tlsCertificate && "tls_certificate",
    given.tlsKey && "tls_key",
    given.tlsServerName !== undefined && "tls_server_name",
  ] as const;
  const first = names.find((name) => name !== undefined && name !== false);
  if (first !== undefined)
    report(first, error(`${first} is given, but no connection would use TLS`, "tls=yes, or tls=no"));
}

function readFiles(given: TlsGiven, { machine, report }: TlsReading): TlsRead["files"] {
  const { tlsCaFile, tlsCertificate, tlsKey } = given;
  const read = (option: TlsOption, file: PemFile | undefined) =>
    file && readPem(option, file, machine, (remark) => report(option, remark));
  const missing = findMissing(given);
  if (missing !== undefined) report(...missing);
  if (machine.isAlone) return {};
  const files = {
    tlsCaFile: read("tls_ca_file", tlsCaFile),
    tlsCertificate: read("tls_certificate", tlsCertificate),
    tlsKey: read("tls_key", tlsKey),
  };
  const [ca, certificate, key] = [files.tlsCaFile, files.tlsCertificate, files.tlsKey];
  if (ca?.content) checkAuthorities(ca.content, (remark) => report("tls_ca_file", remark));
  if (certificate?.content && key?.content)
    checkClient(certificate.content, key.content, (remark) => report("tls_certificate", remark));
  if (key) checkRights(key, machine, (remark) => report("tls_key", remark));
  return files;
}

function findMissing(given: TlsGiven): readonly [TlsOption, Remark] | undefined {
  const { tlsCaFile, tlsCertificate, tlsKey } = given;
  if (tlsCaFile === undefined)
    return [
      "tls",
      error(
        "TLS needs tls_ca_file, the authority of the job servers' certificates",
        "tls_ca_file=/etc/mod-gearman/ca.crt; for public ones /etc/ssl/certs/ca-certificates.crt",
      ),
    ];
  if (tlsCertificate !== undefined && tlsKey === undefined)
    return ["tls_certificate", error("tls_certificate needs its private key", "tls_key=FILE")];
  if (tlsKey !== undefined && tlsCertificate === undefined)
    return ["tls_key", error("tls_key needs its certificate", "tls_certificate=FILE")];
  return undefined;
}
