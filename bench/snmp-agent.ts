import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../test/support/free-port.ts";

export interface SnmpAgent extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** What it prints when it listens. */
const READY = "NET-SNMP version";
const V3_USER = "createUser bench SHA authenticate AES encipherment\nrouser bench priv\n";
const READY_WITHIN_MS = 10_000;

/** Net-SNMP's agent; undefined where it is not installed or does not start. */
export async function startSnmpAgent(): Promise<SnmpAgent | undefined> {
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "bench-snmpd-"));
  cleanup.defer(() => rmSync(folder, { recursive: true }));
  const port = await freePort();
  const config = join(folder, "snmpd.conf");
  writeFileSync(config, `rocommunity public 127.0.0.1\n${V3_USER}agentaddress udp:127.0.0.1:${port}\n`);
  const args = ["-f", "-Le", "-C", "-c", config, "-I", "-smux", "-p", join(folder, "pid")];
  // Debian installs it in /usr/sbin, which is not in everybody's PATH.
  const env = { PATH: `${process.env["PATH"]}:/usr/sbin`, MIBS: "", SNMP_PERSISTENT_DIR: folder };
  const child = spawn("snmpd", args, { env, stdio: ["ignore", "ignore", "pipe"] });
  const { promise: isReady, resolve } = Promise.withResolvers<boolean>();
  const patience = setTimeout(resolve, READY_WITHIN_MS, false);
  const ended = once(child, "exit").then(
    () => resolve(false),
    () => resolve(false),
  );
  child.stderr.on("data", (text: Buffer) => text.includes(READY) && resolve(true));
  cleanup.defer(async () => {
    clearTimeout(patience);
    child.kill("SIGKILL");
    await ended;
  });
  if (!(await isReady)) return undefined;
  clearTimeout(patience);
  const running = cleanup.move();
  return { port, pid: child.pid ?? 0, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
