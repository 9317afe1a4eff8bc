import { strictFlag } from "../kinds/flags.ts";
import { pemFile } from "../kinds/pem.ts";
import { text } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

const OURS = ["omd-worker"] as const;

/** The aliases are gearmand's own names. The other workers have no TLS. */
export const TLS_ROWS = [
  {
    name: "tls",
    aliases: ["ssl"],
    kind: strictFlag,
    default: false,
    help: "Connections to server and dupserver use TLS. For some of them only: tls://host:port, or tcp://host:port for one without.",
    knownBy: OURS,
  },
  {
    name: "tls_ca_file",
    aliases: ["ssl_ca_file"],
    kind: pemFile,
    default: undefined,
    help: "A PEM file with the authorities that the certificates of job servers must be of. TLS needs it; a server whose certificate is of no such authority, or for another name, is not used.",
    knownBy: OURS,
  },
  {
    name: "tls_certificate",
    aliases: ["ssl_certificate"],
    kind: pemFile,
    default: undefined,
    help: "A PEM file with the certificate, and its chain, that is shown to job servers that ask for one.",
    knownBy: OURS,
  },
  {
    name: "tls_key",
    aliases: ["ssl_key"],
    kind: pemFile,
    default: undefined,
    help: "A PEM file with the private key of tls_certificate, without a passphrase. Files that every user may read are refused.",
    knownBy: OURS,
  },
  {
    name: "tls_server_name",
    kind: text,
    default: undefined,
    defaultText: "the host in server",
    help: "The name that must be in the certificates of the job servers.",
    knownBy: OURS,
  },
] as const satisfies readonly ConfigRow[];
