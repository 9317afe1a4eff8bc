import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { encodePacket } from "../../src/gearman/packet.ts";
import { Worker } from "../../src/worker/worker.ts";
import { startSilentServer } from "../gearman/silent-server.ts";
import { stubLog } from "../gearman/stub-log.ts";
import { checkLeaks } from "../support/leaks.ts";

checkLeaks();

const GRAB = encodePacket({ type: "GRAB_JOB_UNIQ" }).toString("latin1");

it("a worker that is stopped while its grab is under way hears the answer, and ends", async () => {
  const server = await startSilentServer();
  try {
    const options = [
      `server=127.0.0.1:${server.address.port}`,
      "encryption=no",
      "min-worker=0",
      "services=yes",
    ];
    const loaded = loadConfig(options, { ...thisMachine(), env: {} });
    if (loaded.wants !== "run") throw new Error("no run");
    const { config } = loaded;
    const worker = new Worker({ config, checks: [], log: stubLog(), version: "1", hostName: "here" });
    await worker.start();
    // One for the jobs, one for the status queue.
    while (server.received.split(GRAB).length <= 2) await server.heard();
    const stopped = worker.stop();
    setImmediate(() => server.say(encodePacket({ type: "NO_JOB" }, "response")));
    expect(await stopped).toBe(true);
  } finally {
    await server.stop();
  }
});
