import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

export interface Influxdb extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Rows as objects, the tags of their series among the columns. Times are milliseconds. */
  query(text: string): Promise<readonly Row[]>;
  /** It is not there any more, and keeps what it has. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export type Row = Readonly<Record<string, string | number | boolean | null>>;

interface Answer {
  readonly results?: readonly { readonly series?: readonly Series[]; readonly error?: string }[];
  readonly error?: string;
}

interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | boolean | null)[])[];
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
  const query = async (text: string) => {
    const body = new URLSearchParams({ q: text });
    const response = await fetch(`${url}/query?db=${databases[0]}&epoch=ms`, { method: "POST", body });
    return readRows((await response.json()) as Answer);
  };
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

function readRows({ results = [], error }: Answer): readonly Row[] {
  const fault = error ?? results.find((result) => result.error !== undefined)?.error;
  if (fault !== undefined) throw new Error(fault);
  return results
    .flatMap(({ series = [] }) => series)
    .flatMap(({ tags, columns, values }) =>
      values.map((value) => ({
        ...tags,
        ...Object.fromEntries(columns.map((column, at) => [column, value[at] ?? null])),
      })),
    );
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
