import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { createCertificate, inDays, type ServerCertificate } from "./certificates.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

/** nginx with the pages and the configuration of the transcripts. */
export interface Nginx extends AsyncDisposable {
  readonly port: number;
  readonly tlsPort: number;
  readonly certificate: ServerCertificate;
}

const CONFIGURATION = new URL("../../fixtures/native/servers/nginx.conf", import.meta.url);
const PAGE = "<html><body>Hello <b>World</b> it works</body></html>\n";
/** Far from every threshold for the age of a page. */
const HOUR_AGO = Date.now() / 1_000 - 3_600;
const PASSWORDS = "mon:{PLAIN}secret\n";

/** Debian's nginx, with a port each for plain and TLS. Ready when it resolves. */
export async function startNginx(days = 3_650): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "nginx-"));
  const certificate = createCertificate({ commonNames: ["localhost"], notAfter: inDays(days) });
  const [port, tlsPort] = [await freePort(), await freePort()];
  writeFiles(folder, certificate, { 18080: String(port), 18443: String(tlsPort), "/srv/oracle": folder });
  const stop = await launch(folder, port);
  return { port, tlsPort, certificate, [Symbol.asyncDispose]: stop };
}

/** nginx with a port for each version of TLS that it can speak alone. */
export interface TlsNginx extends AsyncDisposable {
  readonly ports: Readonly<Record<"TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3", number>>;
}

/** OpenSSL speaks versions before TLS 1.2 only on security level 0. Clients on level 2 take this cipher. */
const OLD = "ssl_ciphers AES128-SHA:@SECLEVEL=0;";

/** Debian's nginx over TLS only, with one page. */
export async function startTlsNginx(): Promise<TlsNginx> {
  const folder = mkdtempSync(join(tmpdir(), "nginx-"));
  const { key, cert } = createCertificate({ algorithm: "rsa", notAfter: inDays(100.5) });
  const ports = {
    TLSv1: await freePort(),
    "TLSv1.1": await freePort(),
    "TLSv1.2": await freePort(),
    "TLSv1.3": await freePort(),
  };
  const servers = Object.entries(ports).map(([version, port]) => {
    const ciphers = version === "TLSv1" || version === "TLSv1.1" ? OLD : "";
    return `server { listen 127.0.0.1:${port} ssl; ssl_protocols ${version}; ${ciphers} }`;
  });
  const http = `access_log off; root ${folder}/html; ssl_certificate cert.pem; ssl_certificate_key key.pem;`;
  const files = {
    "nginx.conf": `daemon off; pid pid; error_log stderr crit; events {} http { ${http} ${servers.join("\n")} }\n`,
    "cert.pem": cert,
    "key.pem": key,
    "html/index.html": PAGE,
  };
  mkdirSync(join(folder, "html"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  chmodSync(folder, 0o755);
  const stop = await launch(folder, ports.TLSv1);
  return { ports, [Symbol.asyncDispose]: stop };
}

/** Starts nginx with the nginx.conf of a folder. It gives a function that ends it and removes the folder. */
async function launch(folder: string, port: number): Promise<() => Promise<void>> {
  const child = spawnDaemon("nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
    stdio: ["ignore", "ignore", "inherit"],
    // Its workers end with it only when it can tell them.
    atExit: "SIGTERM",
  });
  const stop = async () => {
    await endDaemon(child, "SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(child, () => canConnect(port));
  } catch (cause) {
    await stop();
    throw new Error("nginx does not start", { cause });
  }
  return stop;
}

/** Started as root, nginx runs its workers as another user, so every user may read these files. */
function writeFiles(
  folder: string,
  { key, cert }: ServerCertificate,
  places: Readonly<Record<string, string>>,
): void {
  const recorded = readFileSync(CONFIGURATION, "utf8");
  const here = recorded.replace(/18080|18443|\/srv\/oracle/g, (place) => places[place] ?? place);
  for (const each of ["ngx", "ngx/html", "nrpe"]) mkdirSync(join(folder, each));
  writeFileSync(join(folder, "nginx.conf"), here);
  writeFileSync(join(folder, "ngx/html/index.html"), PAGE);
  utimesSync(join(folder, "ngx/html/index.html"), HOUR_AGO, HOUR_AGO);
  writeFileSync(join(folder, "ngx/htp"), PASSWORDS);
  writeFileSync(join(folder, "nrpe/s.crt"), cert);
  writeFileSync(join(folder, "nrpe/s.key"), key);
  chmodSync(folder, 0o755);
}
