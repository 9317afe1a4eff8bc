import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MetricsServer, type MetricsServerOptions } from "../../src/metrics/http-server.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";

checkLeaks();
const opened: Disposable[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each[Symbol.dispose]();
});

type Status = ReturnType<MetricsServerOptions["status"]>;
const LINK = { name: "gm:4730", isRetired: false, jobsInFlight: 0, outstandingGrabs: 0 };

async function start(given: Partial<Status> = {}, render = async () => "a 1\n") {
  const log = stubLog();
  const link = { ...LINK, isConnected: true, isSilent: false };
  const status = (): Status => ({ state: "open", jobServers: [link], ...given });
  const server = new MetricsServer({ status, metrics: { contentType: "text/x", render }, log });
  opened.push(server);
  const port = await server.listen({ host: "127.0.0.1", port: 0 });
  const ask = async (path: string, method = "GET") => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { connection: "close" },
    });
    return [response.status, await response.text()] as const;
  };
  return { log, server, port, ask };
}

describe("the server of metrics", () => {
  it("serves them, and nothing else", async () => {
    const { ask } = await start();
    expect(await ask("/metrics?x=1")).toEqual([200, "a 1\n"]);
    expect(await ask("/metrics", "HEAD")).toEqual([200, ""]);
    expect(await ask("/metrics", "POST")).toEqual([405, "only GET and HEAD\n"]);
    expect(await ask("/etc/passwd")).toEqual([404, "there are /metrics, /livez and /readyz\n"]);
  });

  it("goes on when they cannot be rendered", async () => {
    const { ask, log } = await start({}, async () => {
      throw new Error("broken");
    });
    expect((await ask("/metrics"))[0]).toBe(500);
    expect(log.error).toHaveBeenCalledOnce();
    expect((await ask("/livez"))[0]).toBe(200);
  });

  it.each<[what: string, status: Partial<Status>, code: number, text: string]>([
    ["that takes jobs", {}, 200, "ok\n"],
    [
      "without a job server",
      { jobServers: [{ ...LINK, isConnected: false, isSilent: false }] },
      503,
      "no job server answers\n",
    ],
    [
      "whose job server hangs",
      { jobServers: [{ ...LINK, isConnected: true, isSilent: true }] },
      503,
      "no job server answers\n",
    ],
    [
      "of which one job server answers",
      {
        jobServers: [
          { ...LINK, isConnected: false, isSilent: false },
          { ...LINK, isConnected: true, isSilent: false },
        ],
      },
      200,
      "ok\n",
    ],
    [
      "whose only answering job server is of an earlier configuration",
      { jobServers: [{ ...LINK, isConnected: true, isSilent: false, isRetired: true }] },
      503,
      "no job server answers\n",
    ],
    ["that is drained", { state: "drained" }, 503, "the worker is drained\n"],
    ["that ends", { state: "stopping" }, 503, "the worker is stopping\n"],
  ])("a worker %s is live, and ready as it says", async (_, status, code, text) => {
    const { ask } = await start(status);
    expect(await ask("/readyz")).toEqual([code, text]);
    expect(await ask("/livez")).toEqual([200, "ok\n"]);
  });

  it("says so if it cannot listen", async () => {
    const { port = 0 } = await start();
    const log = stubLog();
    const other = new MetricsServer({
      status: () => ({ state: "open", jobServers: [] }),
      metrics: { contentType: "", render: vi.fn() },
      log,
    });
    opened.push(other);
    expect(await other.listen({ host: "127.0.0.1", port })).toBeUndefined();
    expect(log.error).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/^cannot serve metrics \(prometheus_server\): .*EADDRINUSE/),
    );
  });

  it("is not held up by a client that says nothing", async () => {
    const { port = 0, ask, server } = await start();
    const silent = connect(port, "127.0.0.1");
    await new Promise((resolve) => silent.once("connect", resolve));
    const closed = new Promise((resolve) => silent.once("close", resolve));
    silent.on("error", () => {});
    expect((await ask("/livez"))[0]).toBe(200);
    server[Symbol.dispose]();
    await closed;
    silent.destroy();
  });

  it.each(["", "GET /livez HTTP/1.1\r\nx: "])(
    "answers a probe while others hold connections and have said no more than %j",
    async (said) => {
      const { port = 0, ask, server } = await start();
      const others = Array.from({ length: 200 }, () => connect(port, "127.0.0.1"));
      const closed = others.map((other) => new Promise((resolve) => other.once("close", resolve)));
      for (const other of others) other.on("error", () => {});
      await Promise.all(others.map((other) => new Promise((resolve) => other.once("connect", resolve))));
      for (const other of others) other.write(said);
      await closed[0];
      expect(await ask("/livez")).toEqual([200, "ok\n"]);
      expect(await ask("/metrics")).toEqual([200, "a 1\n"]);
      expect(others.at(-1)?.closed).toBe(false);
      server[Symbol.dispose]();
      for (const other of others) other.destroy();
      await Promise.all(closed);
    },
  );

  it("answers a probe while others hold all connections with requests, and lets go of the first of them", async () => {
    let asked = 0;
    const { promise: allAsked, resolve: tell } = Promise.withResolvers<void>();
    const {
      port = 0,
      ask,
      server,
    } = await start({}, () => {
      asked += 1;
      if (asked === 128) tell();
      return new Promise(() => {});
    });
    const others = Array.from({ length: 128 }, () => connect(port, "127.0.0.1"));
    const closed = others.map((other) => new Promise((resolve) => other.once("close", resolve)));
    for (const other of others) other.on("error", () => {}).resume();
    for (const other of others) other.write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    await allAsked;
    expect(await ask("/livez")).toEqual([200, "ok\n"]);
    await Promise.any(closed);
    expect(others.filter((other) => other.closed)).toHaveLength(1);
    server[Symbol.dispose]();
    for (const other of others) other.destroy();
    await Promise.all(closed);
  });

  it("lets go of no connection that waits for its answer", async () => {
    const { promise: rendered, resolve: render } = Promise.withResolvers<string>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const {
      port = 0,
      ask,
      server,
    } = await start({}, () => {
      begin();
      return rendered;
    });
    const waiting = ask("/metrics");
    await begun;
    const others = Array.from({ length: 200 }, () => connect(port, "127.0.0.1"));
    for (const other of others) other.on("error", () => {});
    const closed = others.map((other) => new Promise((resolve) => other.once("close", resolve)));
    await closed[0];
    render("a 2\n");
    expect(await waiting).toEqual([200, "a 2\n"]);
    server[Symbol.dispose]();
    for (const other of others) other.destroy();
    await Promise.all(closed);
  });
});
