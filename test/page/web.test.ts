import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MetricsServer } from "../../src/metrics/http-server.ts";
import { Login } from "../../src/page/web/login.ts";
import { StatusPage, type StatusPageOptions } from "../../src/page/web/status-page.ts";
import { renderEvent } from "../../src/page/web/viewers.ts";
import { createFolder } from "../support/folder.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";

checkLeaks();
const opened: Disposable[] = [];
beforeEach(() => {
  // The two seconds between snapshots pass when a test says so.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  for (const each of opened.splice(0)) each[Symbol.dispose]();
  vi.useRealTimers();
});
const nextSnapshot = () => void vi.advanceTimersByTime(2_000);
const untilNobodyLooks = () => vi.waitFor(() => expect(vi.getTimerCount()).toBe(0), { timeout: 10_000 });

const ASSETS = join(import.meta.dirname, "../../src/page/assets");

interface Given extends Partial<Pick<StatusPageOptions, "login">> {
  /** Bytes of each snapshot. */
  readonly size?: number;
}

async function start({ login, size = 1 }: Given = {}) {
  const log = stubLog();
  const text = JSON.stringify("x".repeat(size));
  const look = vi.fn(async () => ({
    whole: () => renderEvent("whole", text),
    next: renderEvent("next", text),
  }));
  const page = new StatusPage({ show: { look }, login, log });
  const server = new MetricsServer({
    status: () => ({ state: "open", jobServers: [] }),
    metrics: { contentType: "text/x", render: async () => "a 1\n" },
    page,
    log,
  });
  opened.push(page, server);
  const port = (await server.listen({ host: "127.0.0.1", port: 0 })) ?? 0;
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close", ...headers } });
  const codeOf = async (path: string, user?: string) => {
    const response = await get(path, user === undefined ? {} : { authorization: basic(user) });
    await response.body?.cancel();
    return response.status;
  };
  return { log, look, port, get, codeOf };
}

function basic(user: string): string {
  return `Basic ${Buffer.from(user).toString("base64")}`;
}

describe("the status page", () => {
  it("is files of its own, with a strict policy", async () => {
    const { get } = await start();
    const response = await get("/?x=1");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|data:|\*|http/);
    expect(await response.text()).toBe(readFileSync(join(ASSETS, "index.html"), "utf8"));
    const etag = response.headers.get("etag") ?? "";
    expect((await get("/", { "if-none-match": etag })).status).toBe(304);
    for (const name of readdirSync(ASSETS).filter((name) => name !== "index.html"))
      expect((await get(`/assets/${name}`)).status).toBe(200);
    expect((await get("/assets/../page.ts")).status).toBe(404);
  });

  it("needs nothing from elsewhere, and works below a prefix", () => {
    for (const name of readdirSync(ASSETS)) {
      const text = readFileSync(join(ASSETS, name), "utf8").replaceAll("http://www.w3.org/2000/svg", "");
      expect(text, name).not.toMatch(/https?:|url\(|@import|(?:href|src|action)="\/|\bstyle="|\son\w+="/);
      expect(text, name).not.toMatch(/fetch\(|EventSource\("\/|innerHTML|eval\(/);
    }
  });

  it("leaves the other paths of the port as they are", async () => {
    const { get, codeOf } = await start();
    expect(await (await get("/metrics")).text()).toBe("a 1\n");
    expect(await codeOf("/livez")).toBe(200);
    expect(await codeOf("/favicon.ico")).toBe(404);
  });
});

describe("the events", () => {
  it("begin with the whole, and only while somebody looks", async () => {
    const { get, look } = await start();
    const response = await get("/events");
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(look).toHaveBeenCalledTimes(1);
    const text = await readUntil(response, "event: next");
    expect(text).toMatch(/^retry: 3000\n\nevent: whole\ndata: "x"\n\nevent: next\n/);
    expect(look).toHaveBeenCalledTimes(2);
    await untilNobodyLooks();
  });

  it("are for fifty viewers", async () => {
    const { get } = await start();
    const viewers = await Promise.all(Array.from({ length: 50 }, () => get("/events")));
    const refused = await get("/events");
    expect([refused.status, await refused.text()]).toEqual([503, "too many viewers look at this page\n"]);
    for (const { body } of viewers) await body?.cancel();
    await vi.waitFor(async () => {
      const again = await get("/events");
      await again.body?.cancel();
      expect(again.status).toBe(200);
    });
  });

  it("do not wait for a viewer that does not read", async () => {
    const { port, look } = await start({ size: 8 * 1024 * 1024 });
    const socket = connect(port, "127.0.0.1");
    opened.push({ [Symbol.dispose]: () => void socket.destroy() });
    socket.pause();
    socket.on("error", () => {});
    socket.write("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    await vi.waitFor(() => expect(look).toHaveBeenCalledOnce(), { timeout: 10_000 });
    nextSnapshot();
    await untilNobodyLooks();
  });

  it("say in the log why there are none, and go on", async () => {
    const { get, log, look } = await start();
    look.mockRejectedValueOnce(new Error("broken"));
    const text = await readUntil(await get("/events"), "event: whole");
    expect(text).toContain("whole");
    expect(log.error).toHaveBeenCalledOnce();
  });
});

describe("with users", () => {
  it("the page and its events are for them, the metrics and probes for everybody", async () => {
    const { codeOf, get } = await start({ login: new Login(`ada:${await hash("right", 4)}`) });
    for (const path of ["/", "/events", "/assets/page.js"]) {
      expect(await codeOf(path)).toBe(401);
      expect(await codeOf(path, "ada:right")).toBe(200);
    }
    expect((await get("/")).headers.get("www-authenticate")).toContain("Basic realm=");
    expect(await codeOf("/", "ada:wrong")).toBe(401);
    expect(await codeOf("/", "eve:right")).toBe(401);
    expect(await codeOf("/metrics")).toBe(200);
    expect(await codeOf("/livez")).toBe(200);
  });

  it("of a file, a change counts at once, and without the file nobody is let in", async () => {
    using folder = createFolder();
    const path = join(folder.path, "htpasswd");
    const { codeOf, log } = await start({ login: new Login(path) });
    expect(await codeOf("/", "ada:right")).toBe(503);
    expect(await codeOf("/", "ada:right")).toBe(503);
    expect(log.error).toHaveBeenCalledOnce();
    writeFileSync(path, `# users\nbob:${await hash("b", 4)}\nada:${await hash("right", 4)}\n`);
    expect(await codeOf("/", "ada:right")).toBe(200);
    expect(await codeOf("/", "bob:b")).toBe(200);
    writeFileSync(path, `ada:${await hash("other", 4)}\n`);
    expect(await codeOf("/", "ada:right")).toBe(401);
    expect(await codeOf("/", "bob:b")).toBe(401);
  });
});

/** Each time that something has come, it is time for the next snapshot. */
async function readUntil({ body }: Response, end: string): Promise<string> {
  if (body === null) throw new Error("no body");
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(end)) break;
    nextSnapshot();
  }
  return text;
}
