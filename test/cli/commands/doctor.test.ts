import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStatus } from "../../../src/gearman/admin.ts";
import { Actors } from "../../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../../support/gearman/gearmand.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { run } from "../io.ts";

const KEY = "a-secret-key-of-the-site";

describe.skipIf(!hasServer("gearmand"))("omd-worker doctor on a real gearmand", () => {
  let gearmand: Gearmand;
  let actors: Actors;
  beforeEach(async () => {
    gearmand = await startGearmand();
    actors = new Actors();
  });
  afterEach(async () => {
    await actors.stop();
    await gearmand.stop();
  });
  const options = () => [
    `--server=127.0.0.1:${gearmand.port}`,
    `--key=${KEY}`,
    "--services=yes",
    "--max-worker=10",
  ];

  it("says what is fine, a line each, and nothing of the key", async () => {
    const { code, stdout } = await run("doctor", options());
    expect(code).toBeLessThan(2);
    expect(stdout).toMatch(/^fine +server 127\.0\.0\.1:\d+ is a gearmand \d/m);
    expect(stdout).toMatch(/^fine +key +127\.0\.0\.1:\d+: a job sealed with our key came back whole/m);
    expect(stdout).toMatch(/^fine +queue +127\.0\.0\.1:\d+: no queue has jobs without a worker$/m);
    expect(stdout).not.toContain(KEY);
  });

  it("names queues that have jobs and no worker, and takes none of the jobs", async () => {
    const server = { host: "127.0.0.1", port: gearmand.port };
    const client = await actors.client(server);
    await client.submit({ queue: "service", unique: "1", workload: Buffer.from("x") });
    const { code, stdout } = await run("doctor", ["--json", ...options()]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toContainEqual({
      about: "queue",
      severity: "warning",
      text: `127.0.0.1:${gearmand.port}: the queue service has 1 jobs and no worker`,
      advice: "start the worker: its configuration serves this queue",
    });
    const after = (await readStatus(server)).find(({ queue }) => queue === "service");
    expect(after).toMatchObject({ total: 1, running: 0 });
  });
});

describe("omd-worker doctor", () => {
  it("tells a server that is not there, and one that is no gearmand", async () => {
    const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { code, stdout } = await run("doctor", [
      `--server=127.0.0.1:1,127.0.0.1:${port}`,
      `--key=${KEY}`,
      "--services=yes",
    ]);
    other.close();
    expect(code).toBe(2);
    expect(stdout.match(/^error +server /gm)).toHaveLength(2);
    expect(stdout).toContain(": start gearmand there, or correct server=");
  });

  it("tells a configuration that is wrong as config check does", async () => {
    const { code, stdout } = await run("doctor", ["--config=/nowhere.conf"]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^error +config .*\/nowhere\.conf/m);
  });
});
