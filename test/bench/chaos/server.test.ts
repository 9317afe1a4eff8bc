import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ChaosServer } from "../../../bench/chaos/server.ts";
import { createFolder } from "../../support/folder.ts";
import { hasServer } from "../../support/servers/installed.ts";

it.skipIf(!hasServer("gearmand"))(
  "a gearmand whose start fails is told, counted and started again",
  async () => {
    using folder = createFolder();
    const blocker = createServer();
    const told: string[] = [];
    const tell = (line: string) => {
      told.push(line);
      blocker.close();
    };
    await using server = await ChaosServer.start(join(folder.path, "queue.db"), tell);
    await server.kill();
    blocker.listen(server.port, "127.0.0.1");
    await once(blocker, "listening");
    await server.start();
    expect(told).toEqual([expect.stringMatching(/^gearmand did not answer [0-9.]+ s after a start$/)]);
    expect(server.starts).toMatchObject({ failed: 1, slowestMs: expect.any(Number) });
    // When it was killed, and while it failed to start.
    expect(server.lost).toHaveLength(2);
  },
);
