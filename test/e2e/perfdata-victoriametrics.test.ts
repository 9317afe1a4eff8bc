import { describe, expect, it, vi } from "vitest";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { Actors } from "../support/gearman/actors.ts";
import { startGearmand } from "../support/gearman/gearmand.ts";
import { serviceRecord } from "../support/perfdata/records.ts";
import { startWriter } from "../support/perfdata/writer.ts";
import { hasServer } from "../support/servers/installed.ts";
import { startVictoriaMetrics } from "../support/servers/victoria-metrics.ts";

const KEY = "only for tests of perfdata";
const PATIENCE = { timeout: 30_000, interval: 20 };

const { seal } = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(KEY)) });

describe.skipIf(!hasServer("gearmand") || !hasServer("victoriametrics"))(
  "the perfdata writer with VictoriaMetrics",
  () => {
    it("writes what is in the queue, and all values are there", async () => {
      await using victoria = await startVictoriaMetrics();
      const gearmand = await startGearmand();
      const actors = new Actors();
      try {
        const server = { host: "127.0.0.1", port: gearmand.port };
        const client = await actors.client(server);
        const time = Math.floor(Date.now() / 1000) - 60;
        const names = ["web 1", "größe", "C:\\"];
        const expected = names.flatMap((name, at) => {
          const shown = name === "C:\\" ? "C:\\_" : name;
          return [
            [shown, "a", at, time * 1000],
            [shown, "C:\\ used %", at / 8, time * 1000],
          ];
        });
        for (const [at, service] of names.entries()) {
          const record = serviceRecord({
            host: "h",
            service,
            time,
            perfdata: `a=${at};1;2 'C:\\ used %'=${at / 8}%`,
          });
          const workload = seal(Buffer.from(record, "utf8").toString("latin1"));
          await client.submit({ queue: "perfdata", unique: "", workload });
        }
        await using writer = await startWriter([
          ...[`server=127.0.0.1:${gearmand.port}`, `key=${KEY}`, "batch_age=50"],
          `target=main ${victoria.url} api=victoriametrics database=prod`,
        ]);
        const stored = await vi.waitFor(async () => {
          const series = await victoria.export('{__name__="metrics_value",db="prod"}');
          if (series.length < expected.length) throw new Error(`${series.length} series`);
          return series.map(({ metric, values, timestamps }) => [
            ...[metric["service"], metric["performanceLabel"], ...values, ...timestamps],
          ]);
        }, PATIENCE);
        expect(stored.sort()).toEqual(expected.sort());
        expect(await writer.end("SIGTERM")).toBe(0);
      } finally {
        await actors.stop();
        await gearmand.stop();
      }
    });
  },
);
