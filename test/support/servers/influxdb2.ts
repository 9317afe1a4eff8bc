import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { endDaemon, spawnDaemon, untilReady } from "./daemon.ts";
import { queryRows, type Row } from "./influxql.ts";

/** The file of an `influxd` of InfluxDB 2, which no package of Debian has. */
export const INFLUXDB2 = process.env["INFLUXDB2"] || undefined;

export interface Influxdb2 extends AsyncDisposable {
  readonly url: string;
  readonly org: string;
  /** May do everything. */
  readonly token: string;
  query(text: string): Promise<readonly Row[]>;
  /** Makes a bucket that keeps its points for so many seconds. */
  createBucket(name: string, seconds: number): Promise<void>;
}

const ORG = "ops";
const TOKEN = "a-token-of-the-tests";

/** On loopback, with the bucket `nagflux`, in a folder of its own. Ready when it resolves. */
export async function startInfluxdb2(program: string): Promise<Influxdb2> {
  const folder = mkdtempSync(join(tmpdir(), "influxdb2-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = [
    `--http-bind-address=127.0.0.1:${port}`,
    `--bolt-path=${join(folder, "bolt")}`,
    `--sqlite-path=${join(folder, "sqlite")}`,
    `--engine-path=${join(folder, "engine")}`,
    "--reporting-disabled",
  ];
  const child = spawnDaemon(program, options, { stdio: "ignore" });
  await untilReady(child, async () => {
    const { ok } = await fetch(`${url}/health`);
    if (!ok) throw new Error("InfluxDB is not ready");
  });
  const headers = { authorization: `Token ${TOKEN}` };
  const post = async (path: string, body: object) => {
    const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as { readonly org?: { readonly id: string } };
  };
  const user = { username: "admin", password: "a password of the tests", token: TOKEN };
  const { org } = await post("/api/v2/setup", { ...user, org: ORG, bucket: "nagflux" });
  return {
    url,
    org: ORG,
    token: TOKEN,
    query: (text) => queryRows(`${url}/query?db=nagflux`, text, headers),
    async createBucket(name, seconds) {
      const retentionRules = [{ type: "expire", everySeconds: seconds }];
      await post("/api/v2/buckets", { orgID: org?.id, name, retentionRules });
    },
    async [Symbol.asyncDispose]() {
      await endDaemon(child, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
