import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readVersion } from "../../../src/gearman/admin.ts";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";
import { ServerTls } from "../../../src/gearman/tls/server-tls.ts";
import { createFolder } from "../folder.ts";
import { freePort } from "../free-port.ts";
import { createCertificate, inDays } from "../servers/certificates.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "../servers/daemon.ts";
import { hasServer } from "../servers/installed.ts";
import { startGearmand } from "./gearmand.ts";

/** Certificates and keys in files of a folder: `NAME.crt` and `NAME.key` of server, client and stranger. */
export interface Pki extends Disposable {
  readonly folder: string;
  readonly file: (name: string) => string;
}

export interface PkiOptions {
  /** The names in the server's certificate. */
  readonly serverNames?: readonly string[];
  readonly serverDays?: number;
}

/** Each certificate is signed by itself, so it is its own authority. */
export function createPki({ serverNames = ["127.0.0.1"], serverDays = 100 }: PkiOptions = {}): Pki {
  const folder = createFolder();
  const file = (name: string) => join(folder.path, name);
  writePair(file("server"), {
    commonNames: ["gearmand"],
    altNames: serverNames,
    notAfter: inDays(serverDays),
  });
  writePair(file("client"), { commonNames: ["worker"], notAfter: inDays(100) });
  writePair(file("stranger"), { commonNames: ["stranger"], notAfter: inDays(100) });
  return { folder: folder.path, file, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

export function writePair(path: string, settings: Parameters<typeof createCertificate>[0]): void {
  const { key, cert } = createCertificate(settings);
  writeFileSync(`${path}.crt`, cert);
  writeFileSync(`${path}.key`, key, { mode: 0o600 });
  chmodSync(`${path}.key`, 0o600);
}

export interface TlsGearmand extends AsyncDisposable {
  /** How a test itself speaks to gearmand. */
  readonly direct: ServerAddress;
  /** Where TLS is spoken. */
  readonly port: number;
  /** The connections end. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TlsGearmandOptions {
  readonly pki: Pki;
  /** A client must show this certificate. */
  readonly wants?: "client";
}

const HOST = "127.0.0.1";

/** No package has a gearmand that was built with `--enable-ssl`: its file is named by this variable. */
export const GEARMAND_TLS = process.env["GEARMAND_TLS"];

/** The two ways to have TLS. gearmand itself asks no client for a certificate, so it takes no `wants`. */
export const TLS_SERVERS = [
  {
    name: "a gearmand behind TLS that wants a client certificate",
    isThere: hasServer("gearmand") && hasServer("stunnel"),
    start: (pki: Pki) => startTlsGearmand({ pki, wants: "client" }),
  },
  { name: "a gearmand with TLS inside", isThere: GEARMAND_TLS !== undefined, start: startInnerTlsGearmand },
] as const;

/** Debian's gearmand is built without TLS, so Debian's stunnel stands before it. */
export async function startTlsGearmand({ pki, wants }: TlsGearmandOptions): Promise<TlsGearmand> {
  const gearmand = await startGearmand();
  const port = await freePort();
  const config = pki.file("stunnel.conf");
  const verify = wants === undefined ? [] : [`CAfile = ${pki.file("client.crt")}`, "verifyChain = yes"];
  const lines = [
    ...["foreground = yes", "pid =", "debug = err", "[gearmand]", `accept = ${HOST}:${port}`],
    ...[`connect = ${HOST}:${gearmand.port}`, `cert = ${pki.file("server.crt")}`],
    ...[`key = ${pki.file("server.key")}`, ...verify],
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  let stunnel = await startStunnel(config, port);
  const close = () => endDaemon(stunnel, "SIGKILL");
  return {
    direct: { host: HOST, port: gearmand.port },
    port,
    close,
    restart: async () => {
      await close();
      stunnel = await startStunnel(config, port);
    },
    [Symbol.asyncDispose]: async () => {
      await close();
      await gearmand.kill9();
    },
  };
}

/** For a gearmand of `GEARMAND_TLS` that counts as ready when it answers over TLS. */
export function tlsServerOptions(pki: Pki, port: number, args: readonly string[]) {
  return {
    ask: () => readVersion({ host: HOST, port, tls: clientTls(pki) }),
    args: [...args, ...tlsArguments(pki)],
    program: GEARMAND_TLS,
  };
}

function tlsArguments(pki: Pki): readonly string[] {
  return [
    ...["--ssl", `--ssl-ca-file=${pki.file("client.crt")}`],
    ...[`--ssl-certificate=${pki.file("server.crt")}`, `--ssl-key=${pki.file("server.key")}`],
  ];
}

function clientTls(pki: Pki): ServerTls {
  const read = (name: string) => readFileSync(pki.file(name));
  const client = { certificate: read("client.crt"), key: read("client.key") };
  return new ServerTls({ ca: read("server.crt"), client });
}

/** The gearmand of `GEARMAND_TLS`. It keeps its jobs in memory, so a restart loses them. */
export async function startInnerTlsGearmand(pki: Pki): Promise<TlsGearmand> {
  const port = await freePort();
  const args = tlsArguments(pki);
  // What it answers is what tests look at: with a certificate that has expired it is asked nothing.
  const ask = () => canConnect(port);
  const start = () => startGearmand({ port, args, ask, program: GEARMAND_TLS });
  let gearmand = await start();
  const close = () => gearmand.kill9();
  return {
    direct: { host: HOST, port, tls: clientTls(pki) },
    port,
    close,
    restart: async () => {
      await close();
      gearmand = await start();
    },
    [Symbol.asyncDispose]: close,
  };
}

async function startStunnel(config: string, port: number) {
  const child = spawnDaemon("stunnel4", [config], { stdio: "ignore" });
  await untilReady(child, () => canConnect(port));
  return child;
}
