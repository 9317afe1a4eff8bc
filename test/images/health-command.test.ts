import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { documentedBlock } from "../support/documented-block.ts";
import { freePort } from "../support/free-port.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";

describe.skipIf(!hasServer("gearmand") || !hasServer("check_dummy"))("the health command for docker", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("is content with a worker that runs, and not with one that has ended", async () => {
    const port = await freePort();
    const [, documented = ""] =
      /--health-cmd '([^']+)'/.exec(documentedBlock("docs/images.md", "--health-cmd")) ?? [];
    const ask = async () =>
      (await execa("/bin/sh", ["-c", documented.replace("-p 9050", `-p ${port}`)], { reject: false }))
        .exitCode;
    {
      await using _worker = await startWorker(
        [gearmand.port],
        [`prometheus_server=127.0.0.1:${port}`, "services=yes"],
      );
      await vi.waitFor(async () => expect(await ask()).toBe(0), { timeout: 30_000 });
    }
    expect(await ask()).toBe(2);
  });
});
