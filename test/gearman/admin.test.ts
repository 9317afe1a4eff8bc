import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { dropLeftQueue, readStatus, readVersion, readWorkers } from "../../src/gearman/admin.ts";
import { freePort } from "../support/free-port.ts";
import { Actors, untilStatus } from "../support/gearman/actors.ts";
import { startSilentServer } from "../support/gearman/silent-server.ts";
import { checkLeaks } from "../support/leaks.ts";
import { JOB_SERVERS } from "./job-servers.ts";
import { Talker } from "./talker.ts";

const RECORDED_STATUS = readFileSync(new URL("../fixtures/gearman/status.txt", import.meta.url));

describe("the admin protocol", () => {
  checkLeaks();
  const actors = new Actors();
  afterEach(() => actors.stop());

  /** A server that answers with these pieces, one at a time, and then as `end` says. */
  async function answering(pieces: readonly (string | Buffer)[], end: "waits" | "hangs up" = "waits") {
    const server = actors.add(await startSilentServer());
    void server.heard().then(() => {
      for (const piece of pieces) server.say(Buffer.from(piece));
      if (end === "hangs up") server.end();
    });
    return server;
  }

  it("reads a recorded status, cut in two anywhere", async () => {
    for (let at = 1; at < RECORDED_STATUS.length; at++) {
      const server = await answering([RECORDED_STATUS.subarray(0, at), RECORDED_STATUS.subarray(at)]);
      const status = await readStatus(server.address);
      expect(status).toHaveLength(11);
      expect(status[1]).toEqual({ queue: "perfdata", total: 73, running: 0, workers: 0 });
      expect(status[9]).toEqual({ queue: "service", total: 1, running: 1, workers: 5 });
      await server.stop();
    }
  });

  it("reads a status of any length", async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `hostgroup_${i}\t${i}\t1\t2\n`);
    const server = await answering([...lines, ".\n"]);
    expect(await readStatus(server.address)).toHaveLength(20_000);
  });

  it("reads an empty status, and names with blanks, dots and carriage returns", async () => {
    expect(await readStatus((await answering([".\n"])).address)).toEqual([]);
    const odd = await answering([".\t1\t2\t3\na b\t0\t0\t0\nc\r\t0\t0\t0\n.\n"]);
    expect((await readStatus(odd.address)).map(({ queue }) => queue)).toEqual([".", "a b", "c\r"]);
  });

  it.each([
    ["OK 1.1.20\n", "1.1.20"],
    ["1.1.20\n", "1.1.20"],
    ["OK 2.0.0\r\n", "2.0.0"],
  ])("reads the version of %j", async (text, version) => {
    expect(await readVersion((await answering([text])).address)).toBe(version);
  });

  it("reads workers, also by IPv6, without queues or with an odd client id", async () => {
    const server = await answering([
      "12 127.0.0.1 - : host service\n13 ::1 my id : a\n14 127.0.0.1 - :\n-1 127.0.0.1 - :\n.\n",
    ]);
    expect(await readWorkers(server.address)).toEqual([
      { fileDescriptor: 12, host: "127.0.0.1", clientId: "-", queues: ["host", "service"] },
      { fileDescriptor: 13, host: "::1", clientId: "my id", queues: ["a"] },
      { fileDescriptor: 14, host: "127.0.0.1", clientId: "-", queues: [] },
      { fileDescriptor: -1, host: "127.0.0.1", clientId: "-", queues: [] },
    ]);
  });

  it.each([
    [
      "an error",
      ["ERR UNKNOWN_COMMAND Unknown+server+command\r\n"],
      "refused 'status': UNKNOWN_COMMAND Unknown+server+command",
    ],
    [
      "something else",
      ["HTTP/1.1 400 Bad Request\r\n.\n"],
      "a line of 'status' cannot be read: 'HTTP/1.1 400 Bad Request'",
    ],
  ])("fails clearly at %s", async (_, pieces, message) => {
    const { address } = await answering(pieces);
    await expect(readStatus(address)).rejects.toThrow(`127.0.0.1:${address.port}: ${message}`);
  });

  it("fails clearly when the server hangs up, says nothing, or is not there", async () => {
    const short = await answering(["host\t1\t"], "hangs up");
    await expect(readStatus(short.address)).rejects.toThrow(
      "closed the connection in its answer to 'status'",
    );
    const silent = await answering([]);
    await expect(readVersion(silent.address, { timeoutMs: 20 })).rejects.toThrow(
      "no answer to 'version' within 20 ms",
    );
    const nobody = { host: "127.0.0.1", port: await freePort() };
    await expect(readVersion(nobody)).rejects.toThrow(/^127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  });
});

for (const kind of JOB_SERVERS) {
  describe.skipIf(kind.isMissing)(`the admin protocol with ${kind.name}`, () => {
    checkLeaks();
    const actors = new Actors();
    afterEach(() => actors.stop());

    it("shows queues, workers and the version", async () => {
      const { address } = actors.add(await kind.start());
      expect(await readStatus(address)).toEqual([]);
      const first = actors.add(new Talker(address));
      await first.say(
        { type: "SET_CLIENT_ID", clientId: "first" },
        { type: "CAN_DO", queue: "service" },
        { type: "CAN_DO", queue: "host" },
      );
      actors.worker(address, ["service"]);
      await untilStatus(address, "service", { workers: 2 });
      await untilStatus(address, "host", { workers: 1 });
      const workers = await readWorkers(address);
      const known = workers.map(({ clientId, queues }) => `${clientId} ${queues}`).toSorted();
      expect(known).toEqual(expect.arrayContaining(["- service", "first host,service"]));
      expect(await readVersion(address)).toMatch(/^[\w.+-]+$/);
    });
  });
}

describe("a queue that is left behind", () => {
  checkLeaks();
  const BUSY = "ERR UNKNOWN_COMMAND there+are+still+connected+workers+or+executing+clients\n".replaceAll(
    "+",
    " ",
  );

  it.each([
    ["once more while gearmand still sees its worker", [BUSY, BUSY, "OK\n"], 3],
    ["once where it is gone", ["OK\n"], 1],
    ["once where there is none", ["ERR FUNCTION_NOT_FOUND function not found\n"], 1],
  ])("is removed: it is asked for %s", async (_, answers, expected) => {
    let asked = 0;
    const server = createServer((socket) => {
      socket.on("error", () => {}).on("data", () => socket.end(answers[asked++] ?? BUSY));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await dropLeftQueue({ host: "127.0.0.1", port }, "mine");
    server.close();
    await once(server, "close");
    expect(asked).toBe(expected);
  });
});
