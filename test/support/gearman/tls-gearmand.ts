import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFolder } from "../folder.ts";
import { freePort } from "../free-port.ts";
import { createCertificate, inDays } from "../servers/certificates.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "../servers/daemon.ts";
import { type Gearmand, startGearmand } from "./gearmand.ts";

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
  readonly gearmand: Gearmand;
  /** Where TLS is spoken. */
  readonly port: number;
  /** The connections end, as with a gearmand that ends. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TlsGearmandOptions {
  readonly pki: Pki;
  /** A client must show this certificate. */
  readonly wants?: "client";
}

/** Debian's gearmand is built without TLS, so Debian's stunnel stands before it. */
export async function startTlsGearmand({ pki, wants }: TlsGearmandOptions): Promise<TlsGearmand> {
  const gearmand = await startGearmand();
  const port = await freePort();
  const config = pki.file("stunnel.conf");
  const verify = wants === undefined ? [] : [`CAfile = ${pki.file("client.crt")}`, "verifyChain = yes"];
  const lines = [
    ...["foreground = yes", "pid =", "debug = err", "[gearmand]", `accept = 127.0.0.1:${port}`],
    ...[`connect = 127.0.0.1:${gearmand.port}`, `cert = ${pki.file("server.crt")}`],
    ...[`key = ${pki.file("server.key")}`, ...verify],
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  let stunnel = await startStunnel(config, port);
  const close = () => endDaemon(stunnel, "SIGKILL");
  return {
    gearmand,
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

async function startStunnel(config: string, port: number) {
  const child = spawnDaemon("stunnel4", [config], { stdio: "ignore" });
  await untilReady(child, () => canConnect(port));
  return child;
}
