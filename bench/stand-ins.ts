import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { freePort } from "../test/support/free-port.ts";
import type { Line } from "./line.ts";
import { readStat } from "./process-tree.ts";
import { startSnmpAgent } from "./snmp-agent.ts";

/** What the lines' commands talk to in place of a site's devices. */
export interface StandIns extends AsyncDisposable {
  /** What stands for `{plugins}`, `{data}`, `{tcp}` and, where there is an SNMP agent, `{snmp}`. */
  readonly values: Readonly<Record<string, string | number>>;
  /** So that it does not count as a stranger's. */
  readonly cpuMs: () => number;
}

const PLUGINS = "/usr/lib/nagios/plugins";
const DATA = join(import.meta.dirname, "plugins");

export async function startStandIns(lines: readonly Line[]): Promise<StandIns> {
  const commands = lines.flatMap(({ mix }) => mix.map(({ command }) => command)).join("\n");
  await using cleanup = new AsyncDisposableStack();
  const listener = cleanup.use(await startListener());
  const { port } = listener.address() as AddressInfo;
  const agent = commands.includes("{snmp}") ? cleanup.use(await startSnmpAgent()) : undefined;
  const running = cleanup.move();
  return {
    values: { plugins: PLUGINS, data: DATA, tcp: port, ...(agent && { snmp: agent.port }) },
    cpuMs: () => (agent && readStat(agent.pid)?.cpuMs) ?? 0,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Accepts and hangs up. */
async function startListener(): Promise<Server> {
  const server = createServer((socket) => socket.on("error", () => {}).end());
  server.listen(await freePort(), "127.0.0.1");
  await once(server, "listening");
  return server;
}
