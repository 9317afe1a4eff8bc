import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAskQueues } from "../../src/worker/work-queues.ts";
import { startGearmand } from "../support/gearman/gearmand.ts";
import { checkLeaks } from "../support/leaks.ts";
import { hasServer } from "../support/servers/installed.ts";

checkLeaks();

const AWAY = { host: "127.0.0.1", port: 1 };

describe("the question for the queues", () => {
  let server: Server;
  let asked = 0;
  beforeEach(async () => {
    asked = 0;
    server = createServer((socket) => {
      asked += 1;
      socket.on("data", () => socket.end("service\t7\t2\t3\nworker_gw\t0\t0\t1\n.\n"));
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    return new Promise((resolve) => server.close(resolve));
  });

  const address = () => {
    const bound = server.address();
    return { host: "127.0.0.1", port: typeof bound === "object" ? (bound?.port ?? 0) : 0 };
  };

  it("is answered without status queues, and names a job server that is away", async () => {
    const gm = address();
    const servers = [gm, AWAY];
    const answers = await createAskQueues(() => servers)();
    const name = `127.0.0.1:${gm.port}`;
    expect(answers).toEqual([
      {
        kind: "told",
        server: name,
        queues: [{ server: name, queue: "service", waiting: 5, running: 2, workers: 3 }],
      },
      { kind: "silent", server: "127.0.0.1:1", reason: expect.stringContaining("127.0.0.1:1") },
    ]);
  });

  it("is asked once by all who ask at a time, and for a second after the answer", async () => {
    const servers = [address()];
    const ask = createAskQueues(() => servers);
    const now = vi.spyOn(performance, "now");
    now.mockReturnValue(1_000);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toBe(first);
    now.mockReturnValue(1_999);
    expect(await ask()).toBe(first);
    expect(asked).toBe(1);
    now.mockReturnValue(2_001);
    expect(await ask()).toEqual(first);
    expect(asked).toBe(2);
  });

  it("is asked anew when a reload has changed the job servers", async () => {
    let servers = [address()];
    const ask = createAskQueues(() => servers);
    await ask();
    servers = [AWAY];
    expect(await ask()).toMatchObject([{ kind: "silent" }]);
  });

  it.skipIf(!hasServer("gearmand"))("is answered by a real gearmand", async () => {
    const gearmand = await startGearmand();
    try {
      const servers = [{ host: "127.0.0.1", port: gearmand.port }];
      const told = { kind: "told", server: `127.0.0.1:${gearmand.port}`, queues: [] };
      expect(await createAskQueues(() => servers)()).toEqual([told]);
    } finally {
      await gearmand.stop();
    }
  });
});
