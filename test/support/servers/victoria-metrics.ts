import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

export interface VictoriaMetrics extends AsyncDisposable {
  readonly url: string;
  /** All series with their values and times, as /api/v1/export gives them. */
  export(match: string): Promise<readonly ExportedSeries[]>;
}

export interface ExportedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
}

/** Debian's VictoriaMetrics on loopback. Ready when it resolves. */
export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const folder = mkdtempSync(join(tmpdir(), "victoria-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // It keeps nothing that is older, and the tests' times are of no year in particular.
  const options = [
    "-retentionPeriod=100y",
    `-storageDataPath=${folder}`,
    `-httpListenAddr=127.0.0.1:${port}`,
  ];
  const child = spawnDaemon("victoria-metrics", options, { stdio: "ignore" });
  await untilReady(child, async () => {
    const { ok } = await fetch(`${url}/health`);
    if (!ok) throw new Error("VictoriaMetrics is not ready");
  });
  return {
    url,
    async export(match) {
      await fetch(`${url}/internal/force_flush`);
      const query = new URLSearchParams({ "match[]": match });
      const text = await (await fetch(`${url}/api/v1/export?${query}`)).text();
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as ExportedSeries);
    },
    async [Symbol.asyncDispose]() {
      await endDaemon(child, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
