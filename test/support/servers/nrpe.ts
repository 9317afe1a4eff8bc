import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { createCertificate, inDays } from "./certificates.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

/** Debian's nrpe with the commands of the transcripts, listening in four ways. */
export interface Nrpe extends AsyncDisposable {
  /** Anonymous Diffie-Hellman, its default. */
  readonly port: number;
  readonly plainPort: number;
  /** It has a certificate, and asks for one. */
  readonly certificatePort: number;
  /** It has a certificate, and asks for one without needing it. */
  readonly askingPort: number;
  /** PEM files: a client certificate, its key, and the server's certificate, its own authority. */
  readonly files: { readonly certificate: string; readonly key: string; readonly authority: string };
}

const CONFIGURATION = new URL("../../fixtures/native/servers/nrpe.cfg", import.meta.url);

/** Ready when it resolves. */
export async function startNrpe(): Promise<Nrpe> {
  const folder = mkdtempSync(join(tmpdir(), "nrpe-"));
  chmodSync(folder, 0o755);
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const [server, client] = [newCertificate("server"), newCertificate("client")];
  const files = {
    certificate: file("client.pem", client.cert),
    key: file("client-key.pem", client.key),
    authority: file("server.pem", server.cert),
  };
  const secured = [
    `ssl_cert_file=${files.authority}`,
    `ssl_privatekey_file=${file("server-key.pem", server.key)}`,
    `ssl_cacert_file=${files.certificate}`,
  ];
  await using daemons = new AsyncDisposableStack();
  const start = async (name: string, lines: readonly string[], words: readonly string[] = []) => {
    const port = await freePort();
    const config = file(
      `${name}.cfg`,
      `${configure(port, join(folder, `${name}.pid`))}${lines.join("\n")}\n`,
    );
    daemons.use(await launch([...words, "-f", "-c", config], port));
    return port;
  };
  const port = await start("adh", []);
  const plainPort = await start("plain", [], ["-n"]);
  const certificatePort = await start("certificate", [...secured, "ssl_client_certs=2"]);
  const askingPort = await start("asking", [...secured, "ssl_client_certs=1"]);
  const running = daemons.move();
  const dispose = async () => {
    await running.disposeAsync();
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, plainPort, certificatePort, askingPort, files, [Symbol.asyncDispose]: dispose };
}

/** nrpe makes its Diffie-Hellman keys for certificates of RSA. */
function newCertificate(name: string) {
  return createCertificate({ commonNames: [name], notAfter: inDays(100), algorithm: "rsa" });
}

function configure(port: number, pidFile: string): string {
  const text = readFileSync(CONFIGURATION, "utf8");
  return text
    .replace(/^server_port=.*$/m, `server_port=${port}`)
    .replace(/^pid_file=.*$/m, `pid_file=${pidFile}`);
}

async function launch(words: readonly string[], port: number): Promise<AsyncDisposable> {
  // With TERM it removes its file with the process id.
  const child = spawnDaemon("nrpe", words, { stdio: "ignore", atExit: "SIGTERM" });
  await untilReady(child, () => canConnect(port));
  return { [Symbol.asyncDispose]: () => endDaemon(child, "SIGTERM") };
}
