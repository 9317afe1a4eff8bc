import type { Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { HTTP_PAGES, PageBudget } from "../../../plugins/http/page-budget.ts";
import { TargetClock } from "../../../plugins/transport/timing.ts";
import type { Shared } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";

checkLeaks();

const MEBIBYTE = 1_048_576;
const PAGE = "<p>a large page</p>\n".repeat(100_000);
const PAGES = 60;

function begin(pages: PageBudget) {
  const connection = { pause: vi.fn(), resume: vi.fn() };
  const { signal } = new AbortController();
  return { connection, share: pages.begin({ connection, signal, clock: new TargetClock() }) };
}

describe("a budget for pages", () => {
  it("stops the later ones when it is used up, and goes on with them as there is room", () => {
    using pages = new PageBudget(10 * 65_536);
    const all = Array.from({ length: 12 }, () => begin(pages));
    for (const { share } of all) share.add(65_536);
    const paused = () => all.map(({ share }) => share.isPaused);
    expect(paused()).toEqual([...Array(10).fill(false), true, true]);
    all[0]?.share.add(65_536);
    all[8]?.share.add(65_536);
    expect(paused()).toEqual([...Array(8).fill(false), true, false, true, true]);
    expect(pages.waits.status).toMatchObject({ waiting: 3 });
    all[0]?.share[Symbol.dispose]();
    expect(paused()).toEqual([...Array(10).fill(false), true, true]);
    for (const { share } of all) share[Symbol.dispose]();
    expect(pages.bytes).toBe(0);
    for (const { connection } of all)
      expect(connection.resume.mock.calls.length).toBe(connection.pause.mock.calls.length);
  });

  it("goes on with a page after a while, even if those before it do not end", () => {
    vi.useFakeTimers();
    using pages = new PageBudget(1);
    const all = Array.from({ length: 9 }, () => begin(pages));
    all[8]?.share.add(2);
    expect(all[8]?.share.isPaused).toBe(true);
    vi.advanceTimersByTime(15_000);
    expect(all[8]?.share.isPaused).toBe(false);
    for (const { share } of all) share[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

it("many large pages at once are all searched, a part of them at a time", async () => {
  await using servers = new FakeServers();
  const sockets: Socket[] = [];
  const port = await servers.tcp((socket) => {
    sockets.push(socket);
    socket.write(`HTTP/1.1 200 OK\r\nServer: x\r\n\r\n${PAGE.slice(0, 100_000)}`);
  });
  await using shared = new SharedValues({ log: () => {} });
  using pages = new PageBudget(4 * MEBIBYTE);
  const limited = Object.create(shared, {
    get: { value: (each: Shared<Disposable>) => (Object.is(each, HTTP_PAGES) ? pages : shared.get(each)) },
  });
  const line = `-H 127.0.0.1 -p ${port} -s "the end" -t 60`;
  const run = () => runCheck(checkHttp, line, { shared: limited, timeoutMs: 60_000 });
  const running = Promise.all(Array.from({ length: PAGES }, run));
  const isFull = () => {
    expect(sockets.length).toBe(PAGES);
    expect(pages.waits.status.waiting).toBeGreaterThan(0);
  };
  await vi.waitFor(isFull, { timeout: 30_000 });
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, pages.bytes);
  }, 1);
  for (const socket of sockets) socket.end(`${PAGE}the end`);
  const outputs = (await running).map(({ output }) => output.slice(0, 24));
  clearInterval(watch);
  expect(outputs).toEqual(Array(PAGES).fill("HTTP OK: HTTP/1.1 200 OK"));
  // All pages together have 120 MiB. The first eight may have come completely, each other one in part.
  expect(most).toBeLessThan(40 * MEBIBYTE);
  expect(pages).toMatchObject({ bytes: 0, waits: { status: { waiting: 0 } } });
}, 60_000);
