import { Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HttpConnection } from "../../../plugins/http/connection.ts";
import { HttpConnections } from "../../../plugins/http/connections.ts";
import { Reception } from "../../../plugins/http/reception.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock = 0;
let isOn = true;
const now = () => performance.now() + clock;
const create = () => new HttpConnections({ isOn: () => isOn, now });
const open = () => new HttpConnection(new Socket());

afterEach(() => {
  vi.useRealTimers();
  [clock, isOn] = [0, true];
});

describe("an idle connection", () => {
  it("is taken once, the last one first, and only with its key", () => {
    using connections = create();
    const [first, second] = [open(), open()];
    connections.keep("here", first, MINUTE);
    connections.keep("here", second, MINUTE);
    expect(connections.take("there")).toBeUndefined();
    expect(connections.take("here")).toBe(second);
    expect(connections.take("here")).toBe(first);
    expect(connections.take("here")).toBeUndefined();
    expect(connections.idleCount).toBe(0);
  });

  it.each<[string, (connections: HttpConnections, connection: HttpConnection) => void]>([
    ["for no time", (connections, connection) => connections.keep("here", connection, 0)],
    [
      "when it is closed",
      (connections, connection) => {
        connection[Symbol.dispose]();
        connections.keep("here", connection, MINUTE);
      },
    ],
    [
      "while keeping is switched off",
      (connections, connection) => {
        isOn = false;
        connections.keep("here", connection, MINUTE);
      },
    ],
    [
      "after five minutes",
      (connections, connection) => {
        clock = 5 * MINUTE;
        connections.keep("here", connection, MINUTE);
      },
    ],
    [
      "after a thousand requests",
      (connections, connection) => {
        for (let at = 0; at < 1_000; at += 1)
          void connection.ask("", new Reception({ stopsAtHeader: false }));
        connections.keep("here", connection, MINUTE);
      },
    ],
    [
      "when the worker stops",
      (connections, connection) => {
        connections[Symbol.dispose]();
        connections.keep("here", connection, MINUTE);
      },
    ],
  ])("is closed instead %s", (_, leave) => {
    using connections = create();
    const connection = open();
    leave(connections, connection);
    expect([connection.isOpen, connections.idleCount]).toEqual([false, 0]);
  });

  it.each<[string, () => void]>([
    ["the server has said it keeps it", () => (clock = MINUTE)],
    ["keeping is switched on", () => (isOn = false)],
  ])("is closed within five seconds, and not taken, when it is no longer so that %s", (_, change) => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    using connections = create();
    const [first, second] = [open(), open()];
    connections.keep("here", first, MINUTE - 1);
    connections.keep("there", second, 2 * MINUTE);
    change();
    if (isOn) expect(connections.take("here")).toBeUndefined();
    vi.advanceTimersByTime(5_000);
    expect([first.isOpen, second.isOpen]).toEqual([false, isOn]);
  });

  it("is closed five minutes after it was opened", () => {
    using connections = create();
    const connection = open();
    clock = 4.5 * MINUTE;
    connections.keep("here", connection, MINUTE);
    clock = 5 * MINUTE;
    expect(connections.take("here")).toBeUndefined();
    expect(connection.isOpen).toBe(false);
  });

  it("is one of at most sixteen with its key, and of a thousand", () => {
    using connections = create();
    for (let at = 0; at < 20; at += 1) connections.keep("here", open(), MINUTE);
    expect(connections.idleCount).toBe(16);
    for (let at = 0; at < 1_000; at += 1) connections.keep(`place ${at}`, open(), MINUTE);
    expect(connections.idleCount).toBe(1_000);
  });

  it("is closed with all others of its key", () => {
    using connections = create();
    const all = [open(), open(), open()];
    for (const each of all.slice(1)) connections.keep("here", each, MINUTE);
    connections.keep("there", all[0] ?? open(), MINUTE);
    connections.closeAll("here");
    expect(all.map(({ isOpen }) => isOpen)).toEqual([true, false, false]);
    expect(connections.idleCount).toBe(1);
  });
});

it("a request on a connection that is closed already gets no answer", async () => {
  const connection = open();
  connection[Symbol.dispose]();
  await new Promise((done) => setImmediate(done));
  expect(await connection.ask("GET", new Reception({ stopsAtHeader: false }))).toBe("closed");
});

it("a page with an unclear answer is remembered for ten minutes", () => {
  using connections = create();
  connections.setUnclear("page");
  expect([connections.isUnclear("page"), connections.isUnclear("other")]).toEqual([true, false]);
  clock = 10 * MINUTE;
  expect(connections.isUnclear("page")).toBe(false);
});

it("at most ten thousand pages with unclear answers are remembered", () => {
  using connections = create();
  for (let at = 0; at <= 10_000; at += 1) connections.setUnclear(`page ${at}`);
  clock = -HOUR;
  expect([connections.isUnclear("page 0"), connections.isUnclear("page 10000")]).toEqual([false, true]);
});
