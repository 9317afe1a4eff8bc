import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { endDaemon, spawnDaemon, untilReady } from "./daemon.ts";
import { queryRows, type Row } from "./influxql.ts";

export interface Influxdb extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Rows as objects, the tags of their series among the columns. Times are milliseconds. */
  query(text: string): Promise<readonly Row[]>;
  /** It is not there any more, and keeps what it has. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Debian's InfluxDB 1.x on loopback, with the databases, in a folder of its own. Ready when it resolves. */
export async function startInfluxdb(
  databases: readonly string[] = ["nagflux"],
  more: Readonly<Record<"http" | "data", string>> = { http: "", data: "" },
): Promise<Influxdb> {
  const folder = mkdtempSync(join(tmpdir(), "influxdb-"));
  const [port, rpcPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, "influx.conf"), configuration(folder, port, rpcPort, more));
  const url = `http://127.0.0.1:${port}`;
  const launch = async () => {
    const child = spawnDaemon("influxd", ["-config", join(folder, "influx.conf")], { stdio: "ignore" });
    await untilReady(child, async () => {
      const { ok } = await fetch(`${url}/ping`);
      if (!ok) throw new Error("InfluxDB is not ready");
    });
    return child;
  };
  let running = await launch();
  const query = (text: string) => queryRows(`${url}/query?db=${databases[0]}`, text);
  for (const name of databases) await query(`CREATE DATABASE "${name}"`);
  return {
    port,
    url,
    query,
    stop: () => endDaemon(running, "SIGTERM"),
    start: async () => {
      running = await launch();
    },
    async [Symbol.asyncDispose]() {
      await endDaemon(running, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(
  folder: string,
  port: number,
  rpcPort: number,
  { http, data }: Readonly<Record<"http" | "data", string>>,
): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
  ${data}
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
  ${http}
[monitor]
  store-enabled = false
`;
}
