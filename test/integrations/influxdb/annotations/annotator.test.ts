import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Annotator } from "../../../../integrations/influxdb/annotations/annotator.ts";
import { createFolder } from "../../../support/folder.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { stubLog } from "../../../support/stub-log.ts";

checkLeaks();

/** host, service, author, comment, time, and the type or the end. */
type Row = readonly unknown[];

describe("annotations of a core", () => {
  let folder: ReturnType<typeof createFolder>;
  let path: string;
  let server: Server;
  let rows: Readonly<Record<"comments" | "downtimes", readonly Row[]>>;
  let asked: number;
  beforeEach(async () => {
    folder = createFolder();
    path = join(folder.path, "live");
    rows = { comments: [], downtimes: [] };
    asked = 0;
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => {}); // the annotator ends while it asks
      socket.once("data", (chunk) => {
        asked += 1;
        const isComments = chunk.toString().startsWith("GET comments\n");
        const body = JSON.stringify(isComments ? rows.comments : rows.downtimes);
        socket.end(`200 ${String(Buffer.byteLength(body)).padStart(11)}\n${body}`);
      });
    }).listen(path);
    await once(server, "listening");
  });
  afterEach(() => folder[Symbol.dispose]());

  async function start() {
    const sink = { doublesBackslashes: false, isStuck: false, add: vi.fn() };
    const log = stubLog();
    const lines = { hostcheck: "hostcheck", afterBackslash: "_" };
    const annotator = new Annotator({ address: { path }, everyMs: 2, sinks: [sink], lines, log });
    annotator.start();
    return {
      sink,
      log,
      written: () =>
        sink.add.mock.calls.map(([line]) =>
          String(line)
            .replace(/^messages,/, "")
            .trimEnd(),
        ),
      /** Resolves when all that there is now was looked at. */
      looked: () => {
        const before = asked;
        return vi.waitFor(() => expect(asked).toBeGreaterThanOrEqual(before + 4));
      },
      async [Symbol.asyncDispose]() {
        await annotator.stop();
        const closed = once(server, "close");
        server.close();
        await closed;
      },
    };
  }

  it("are written once, new ones as they come, and what is no annotation is not", async () => {
    rows = {
      comments: [
        ["h", "s", "ada", "one", 10, 1],
        ["h", "", "core", "flaps", 11, 3],
        ["h", "s", "ada", "of another kind", 12, 9],
        ["", "s", "ada", "of nobody", 13, 1],
        ["h", "s", "ada", "at no time", "?", 1],
      ],
      downtimes: [["h", "s", "bob", "disk", 20, 30]],
    };
    await using world = await start();
    await world.looked();
    await world.looked();
    const first = [
      'host=h,service=s,type=comment,author=ada value="one" 10000',
      'host=h,service=hostcheck,type=flapping,author=core value="flaps" 11000',
      'host=h,service=s,type=downtime,author=bob value="Downtime start: <br>disk" 20000',
      'host=h,service=s,type=downtime,author=bob value="Downtime end: <br>disk" 30000',
    ];
    expect(world.written()).toEqual(first);
    rows = { comments: [...rows.comments, ["h", "s", "ada", "two", 40, 4]], downtimes: [] };
    await world.looked();
    expect(world.written().slice(4)).toEqual([
      'host=h,service=s,type=acknowledgement,author=ada value="two" 40000',
    ]);
  });

  it("wait in the core while a database can keep nothing", async () => {
    rows = { comments: [["h", "s", "ada", "one", 10, 1]], downtimes: [] };
    await using world = await start();
    world.sink.isStuck = true;
    world.sink.add.mockClear();
    rows = { comments: [...rows.comments, ["h", "s", "ada", "two", 11, 1]], downtimes: [] };
    await world.looked();
    expect(world.written().filter((line) => line.includes("two"))).toEqual([]);
    world.sink.isStuck = false;
    await world.looked();
    expect(world.written().filter((line) => line.includes("two"))).toHaveLength(1);
  });

  it("are looked for again when the core has not answered, and the log says so once", async () => {
    await using world = await start();
    await world.looked();
    const closed = once(server, "close");
    server.close();
    await closed;
    await vi.waitFor(() => expect(world.log.warn).toHaveBeenCalledTimes(1));
    rows = { comments: [["h", "s", "ada", "one", 10, 1]], downtimes: [] };
    server.listen(path);
    await vi.waitFor(() => expect(world.written()).toHaveLength(1));
    expect(world.log.warn).toHaveBeenCalledTimes(1);
  });
});
