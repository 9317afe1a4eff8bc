import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStatus } from "../../../src/gearman/admin.ts";
import { Actors } from "../../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../../support/gearman/gearmand.ts";
import {
  createPki,
  type Pki,
  startTlsGearmand,
  type TlsGearmand,
} from "../../support/gearman/tls-gearmand.ts";
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
      text: `127.0.0.1:${gearmand.port}: the queue service has a job and no worker`,
      advice: "start the worker: its configuration serves this queue",
    });
    const after = (await readStatus(server)).find(({ queue }) => queue === "service");
    expect(after).toMatchObject({ total: 1, running: 0 });
  });

  it.each([
    ["hostgroup_dmz", "let a worker serve it (hostgroups=dmz), or take it from the core's module"],
    ["servicegroup_web_1", "let a worker serve it (servicegroups=web_1), or take it from the core's module"],
    ["perfdata", "look whether the program runs that reads this queue"],
  ])("says what serves the queue %s", async (queue, advice) => {
    const server = { host: "127.0.0.1", port: gearmand.port };
    const client = await actors.client(server);
    await client.submit({ queue, unique: "1", workload: Buffer.from("x") });
    await client.submit({ queue, unique: "2", workload: Buffer.from("x") });
    const { stdout } = await run("doctor", options());
    expect(stdout).toContain(`the queue ${queue} has 2 jobs and no worker: `);
    expect(stdout).toContain(advice);
  });

  it("leaves no queue of its own behind", async () => {
    await run("doctor", options());
    const queues = await readStatus({ host: "127.0.0.1", port: gearmand.port });
    expect(queues).toEqual([]);
  });
});

describe("omd-worker doctor", () => {
  it("tells a server that is not there, and one that is no gearmand", async () => {
    const other = createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n"));
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

  it("does not advise to start gearmand where the name is not known", async () => {
    const { stdout } = await run("doctor", ["--server=gearmand.invalid", `--key=${KEY}`, "--services=yes"]);
    expect(stdout).toMatch(
      /^error +server gearmand\.invalid:4730: .+: no name server of this machine knows this/m,
    );
    expect(stdout).not.toContain("start gearmand there");
  });

  it("tells a configuration that is wrong as config check does", async () => {
    const { code, stdout } = await run("doctor", ["--config=/nowhere.conf"]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^error +config .*\/nowhere\.conf/m);
  });
});

describe.skipIf(!hasServer("gearmand") || !hasServer("stunnel"))("omd-worker doctor over TLS", () => {
  const optionsOf = (server: TlsGearmand, pki: Pki) => [
    ...[`--server=tls://127.0.0.1:${server.port}`, `--tls_ca_file=${pki.file("server.crt")}`],
    ...[`--key=${KEY}`, "--services=yes", "--max-worker=10"],
  ];

  it("says until when the job server's certificate is valid, and lets a job go through", async () => {
    using pki = createPki();
    await using server = await startTlsGearmand({ pki });
    const { stdout } = await run("doctor", optionsOf(server, pki));
    expect(stdout).toMatch(/^fine +tls +127\.0\.0\.1:\d+: its certificate is valid until 20.+Z$/m);
    expect(stdout).toMatch(/^fine +tls +tls_ca_file is valid until 20.+Z$/m);
    expect(stdout).toMatch(/^fine +key +127\.0\.0\.1:\d+: a job sealed with our key came back whole/m);
  });

  it("warns of a certificate that expires soon, and of a keyfile that every user may read", async () => {
    using pki = createPki({ serverDays: 0.1 });
    await using server = await startTlsGearmand({ pki });
    const keyfile = pki.file("open.key");
    writeFileSync(keyfile, `${KEY}\n`, { mode: 0o644 });
    chmodSync(dirname(keyfile), 0o755);
    const { code, stdout } = await run("doctor", [...optionsOf(server, pki), `--keyfile=${keyfile}`]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^warning tls +127\.0\.0\.1:\d+: its certificate is valid until .+: renew it$/m);
    expect(stdout).toMatch(/^warning tls +tls_ca_file is valid until .+: renew it$/m);
    expect(stdout).toMatch(/^warning key +every user of this machine may read or write the keyfile /m);
  });

  it("tells why there is no TLS", async () => {
    using pki = createPki({ serverNames: ["other.example"] });
    await using server = await startTlsGearmand({ pki });
    const { code, stdout } = await run("doctor", optionsOf(server, pki));
    expect(code).toBe(2);
    expect(stdout).toMatch(/^error +server 127\.0\.0\.1:\d+: its certificate is for another name, /m);
  });
});
