import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../free-port.ts";

/** The recorded configuration's places. */
const PORT = /\b16161\b/g;
const SMUX = /\b10199\b/g;
const PASS = "/srv/oracle/snmp/pass.sh";
const SERVERS = new URL("../../fixtures/native/servers/", import.meta.url);
const STARTED = /^NET-SNMP version /;

/** An snmpd of its own for a test or a benchmark, Debian's, with the users and values of the recordings. */
export class Snmpd implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(at?: number): Promise<Snmpd> {
    const folder = mkdtempSync(join(tmpdir(), "omd-worker-snmpd-"));
    const port = at ?? (await freePort());
    writeConfiguration(folder, port, await freePort());
    const child = spawn("snmpd", ["-f", "-Lo", "-C", "-c", join(folder, "snmpd.conf")], {
      env: { PATH: `${process.env["PATH"]}:/usr/sbin`, MIBS: "", SNMP_PERSISTENT_DIR: join(folder, "state") },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const killWithUs = () => child.kill("SIGKILL");
    process.once("exit", killWithUs);
    child.once("exit", () => process.off("exit", killWithUs));
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (STARTED.test(line)) break;
      lines.push(line);
    }
    if (child.exitCode !== null) throw new Error(`snmpd does not start: ${lines.join("\n")}`);
    child.stdout.resume();
    return new Snmpd(port, child, folder);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function writeConfiguration(folder: string, port: number, smuxPort: number): void {
  const script = join(folder, "pass.sh");
  writeFileSync(script, readFileSync(new URL("pass.sh", SERVERS)), { mode: 0o755 });
  const recorded = readFileSync(new URL("snmpd.conf", SERVERS), "utf8");
  const text = recorded.replace(PORT, String(port)).replace(SMUX, String(smuxPort)).replace(PASS, script);
  writeFileSync(join(folder, "snmpd.conf"), text, { mode: 0o600 });
}
