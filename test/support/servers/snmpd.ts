import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { freePort } from "../free-port.ts";
import { endDaemon, spawnDaemon } from "./daemon.ts";

/** Ports and a path in the recorded configuration, which are replaced. */
const PORT = /\b16161\b/g;
const LISTENS = /\budp:127\.0\.0\.1:(16161)\b/;
const SMUX = /\b10199\b/g;
const PASS = "/srv/oracle/snmp/pass.sh";
const SERVERS = new URL("../../fixtures/native/servers/", import.meta.url);
const STARTED = /^NET-SNMP version /;

/** Debian's snmpd for one test or benchmark, with the users and values of the recordings. */
export class Snmpd implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(at?: number, address = "127.0.0.1"): Promise<Snmpd> {
    const folder = mkdtempSync(join(tmpdir(), "omd-worker-snmpd-"));
    const port = at ?? (await freePort());
    writeConfiguration(folder, { port, address }, await freePort());
    const child = spawnDaemon("snmpd", ["-f", "-Lo", "-C", "-c", join(folder, "snmpd.conf")], {
      env: { MIBS: "", SNMP_PERSISTENT_DIR: join(folder, "state") },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = await linesUntil(STARTED, child.stdout);
    if (child.exitCode !== null) throw new Error(`snmpd does not start: ${lines.join("\n")}`);
    child.stdout?.resume();
    return new Snmpd(port, child, folder);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endDaemon(this.#child, "SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The lines before the first one that matches, or all. */
async function linesUntil(pattern: RegExp, input: Readable | null): Promise<readonly string[]> {
  const lines: string[] = [];
  if (input === null) return lines;
  for await (const line of createInterface({ input })) {
    if (pattern.test(line)) break;
    lines.push(line);
  }
  return lines;
}

function writeConfiguration(
  folder: string,
  { port, address }: { readonly port: number; readonly address: string },
  smuxPort: number,
): void {
  const script = join(folder, "pass.sh");
  writeFileSync(script, readFileSync(new URL("pass.sh", SERVERS)), { mode: 0o755 });
  const recorded = readFileSync(new URL("snmpd.conf", SERVERS), "utf8");
  const text = recorded
    .replace(LISTENS, `udp:${address}:$1`)
    .replace(PORT, String(port))
    .replace(SMUX, String(smuxPort))
    .replace(PASS, script);
  writeFileSync(join(folder, "snmpd.conf"), text, { mode: 0o600 });
}
