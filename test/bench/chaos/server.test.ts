import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ChaosServer } from "../../../bench/chaos/server.ts";
import { createFolder } from "../../support/folder.ts";
import { hasServer } from "../../support/servers/installed.ts";

it.skipIf(!hasServer("gearmand"))(
  "a gearmand whose start fails is told, counted and started again",
  async () => {
    using folder = createFolder();
    const queue = join(folder.path, "queue.db");
    const told: string[] = [];
    const tell = (line: string) => {
      told.push(line);
      rmSync(queue, { recursive: true });
    };
    await using server = await ChaosServer.start(queue, tell);
    await server.kill();
    rmSync(queue);
    mkdirSync(queue);
    await server.start();
    expect(told).toEqual([expect.stringMatching(/^gearmand did not answer [0-9.]+ s after a start$/)]);
    expect(server.starts).toMatchObject({ failed: 1, slowestMs: expect.any(Number) });
    // When it was killed, and while it failed to start.
    expect(server.lost).toHaveLength(2);
  },
);
