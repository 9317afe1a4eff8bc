import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import { createCertificate, inDays, type ServerCertificate } from "./certificates.ts";

/** The pages and the set-up of the transcripts' nginx. */
export interface Nginx extends AsyncDisposable {
  readonly port: number;
  readonly tlsPort: number;
  readonly certificate: ServerCertificate;
}

const CONFIGURATION = new URL("../../fixtures/native/servers/nginx.conf", import.meta.url);
const PAGE = "<html><body>Hello <b>World</b> it works</body></html>\n";
/** No threshold of an age is near it. */
const HOUR_AGO = Date.now() / 1_000 - 3_600;
const PASSWORDS = "mon:{PLAIN}secret\n";
const START_WITHIN_MS = 10_000;
const ASK_EVERY_MS = 10;

/** Debian's nginx, with a port each for plain and TLS. Ready when it resolves. */
export async function startNginx(days = 3_650): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "nginx-"));
  const certificate = createCertificate({ commonNames: ["localhost"], notAfter: inDays(days) });
  const [port, tlsPort] = [await freePort(), await freePort()];
  writeFiles(folder, certificate, { 18080: String(port), 18443: String(tlsPort), "/srv/oracle": folder });
  const child = startChild(folder);
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(child, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, tlsPort, certificate, [Symbol.asyncDispose]: stop };
}

/** nginx's workers are another user's where it is started as root: they read what everybody may read. */
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

function startChild(folder: string): ChildProcess {
  const { PATH = "" } = process.env;
  const child = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
    // Debian installs it in /usr/sbin, which is not in everybody's PATH.
    env: { ...process.env, PATH: `${PATH}:/usr/sbin` },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const endWithUs = () => child.kill("SIGTERM");
  process.once("exit", endWithUs);
  child.once("exit", () => process.off("exit", endWithUs));
  return child;
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  const end = performance.now() + START_WITHIN_MS;
  while (!(await Promise.race([answers(port), failed]))) {
    if (child.exitCode !== null || performance.now() > end) throw new Error("nginx does not start");
    await pause(ASK_EVERY_MS);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
