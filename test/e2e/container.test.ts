import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { mayHaveProcessIds, WITH_OWN_PROCESS_IDS } from "../support/processes/process-namespace.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const ORPHANS = 100;
const PATIENCE = { timeout: 30_000, interval: 50 };

const isPossible = hasServer("gearmand") && mayHaveProcessIds();

describe.skipIf(!isPossible)("a worker that is the first process of a container", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("leaves no zombies, reloads on HUP, and ends on TERM with its exit code", async () => {
    await using core = new Core({ port: gearmand.port });
    await using worker = await startWorker([gearmand.port], ["services=yes"], {
      under: ["unshare", ...WITH_OWN_PROCESS_IDS],
    });
    const [init = 0] = childrenOf(worker.pid);
    const orphans = Array.from({ length: ORPHANS }, (_, i) =>
      serviceJob(`job ${i}`, "(sleep 0.1 >/dev/null 2>&1 &) ; echo done"),
    );
    await core.submit("service", ...orphans);
    await core.collected(ORPHANS);
    await vi.waitFor(() => {
      const commands = childrenOf(init).map((pid) => `${readStatus(pid)} ${read(pid, "cmdline")}`);
      expect(commands).toEqual([expect.stringMatching(/^[RS] .*omd-worker/)]);
    }, PATIENCE);

    process.kill(init, "SIGHUP");
    await worker.logged("reloading config was successful");
    process.kill(init, "SIGTERM");
    expect(await worker.untilEnded()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(worker.linesWith("mod_gearman worker exited").length).toBe(1);
  });
});

function childrenOf(parent: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => new RegExp(`^PPid:\\t${parent}$`, "m").test(read(pid, "status")));
}

/** `R`, `S`, or `Z` for a zombie. */
function readStatus(pid: number): string {
  return /^State:\t(.)/m.exec(read(pid, "status"))?.[1] ?? "";
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // it has ended
  }
}
