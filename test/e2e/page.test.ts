import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

describe.skipIf(!hasServer("gearmand"))("the status page of a worker on a real gearmand", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  async function start(listen: string, ...options: readonly string[]) {
    const port = await freePort();
    const worker = await startWorker(
      [gearmand.port],
      ["services=yes", `prometheus_server=${listen}:${port}`, ...options],
    );
    const get = async (path: string, user?: string) => {
      const authorization = `Basic ${Buffer.from(user ?? "").toString("base64")}`;
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: user === undefined ? {} : { authorization },
      });
      return { code: response.status, text: await response.text() };
    };
    await vi.waitFor(async () => expect((await get("/readyz")).code).toBe(200), { timeout: 30_000 });
    return { worker, port, get };
  }

  it("shows what the worker does, without a command line and without secrets", async () => {
    using folder = createFolder();
    const config = join(folder.path, "worker.conf");
    writeFileSync(config, "key=a-secret-of-the-site\n");
    const { worker, port } = await start("127.0.0.1", `config=${config}`);
    await using _worker = worker;
    await using core = new Core({ port: gearmand.port });
    await core.submit(
      "service",
      serviceJob("plain", "/bin/echo fine"),
      serviceJob("wrong", "/bin/false"),
      serviceJob("slow", "/bin/sh -c 'sleep 20' sh --password=hidden1"),
    );
    await core.collected(2);
    const { whole, next } = await lookAt(port);
    const text = JSON.stringify([whole, next]);
    expect(text).not.toContain("hidden1");
    expect(text).not.toContain("a-secret-of-the-site");
    expect(whole).toMatchObject({ state: "open", jobs: { inFlight: 1, done: 2 } });
    expect(text).toMatch(/"name":"[^"]* - slow"/);
    expect(whole["mostFailing"]).toMatchObject([{ name: "false", runs: 1, notOk: 1 }]);
    expect(whole["config"]).toContainEqual({ name: "key", values: ["****"], from: `${config}:1` });
    expect(whole["log"]).toContainEqual(expect.stringContaining("started with pid"));
    expect(whole["queues"]).toMatchObject({ silent: [], more: 0 });
    expect(next).not.toHaveProperty("config");
  });

  it.each<[listen: string, options: readonly string[], code: number, text: RegExp]>([
    ["127.0.0.1", [], 200, /^<!doctype html>/],
    ["", [], 404, /^the status page is not shown at an address that others can reach: set status_page_auth/],
    ["", ["status_page=on"], 200, /^<!doctype html>/],
    ["127.0.0.1", ["status_page=off"], 404, /^the status page is off/],
  ])("at prometheus_server=%s:PORT with %j answers %i", async (listen, options, code, text) => {
    const { worker, get } = await start(listen, ...options);
    await using _worker = worker;
    const answer = await get("/");
    expect(answer).toEqual({ code, text: expect.stringMatching(text) });
    expect((await get("/events-of-nobody")).code).toBe(404);
    expect((await get("/metrics")).code).toBe(200);
  });

  it("asks for a password at an address that others can reach", async () => {
    const { worker, get } = await start("", `status_page_auth=ada:${await hash("right", 4)}`);
    await using _worker = worker;
    expect((await get("/")).code).toBe(401);
    expect((await get("/", "ada:right")).code).toBe(200);
    expect((await get("/metrics")).code).toBe(200);
  });
});

/** The first two snapshots of a viewer. */
async function lookAt(port: number) {
  const response = await fetch(`http://127.0.0.1:${port}/events`);
  let text = "";
  if (response.body === null) throw new Error("no events");
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/event: next\ndata: .*\n\n/.test(text)) break;
  }
  const [whole, next] = [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, json = "{}"]): Readonly<Record<string, unknown>> => JSON.parse(json),
  );
  if (whole === undefined || next === undefined) throw new Error("no two snapshots");
  return { whole, next };
}
