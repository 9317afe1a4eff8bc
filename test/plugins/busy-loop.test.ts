import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHttp } from "../../plugins/http/check_http.ts";
import { checkSsh } from "../../plugins/ssh/check_ssh.ts";
import { checkTcp } from "../../plugins/tcp/check_tcp.ts";
import type { Check } from "../../sdk/index.ts";
import { runCheck } from "../../sdk/testing.ts";

/** A thread of its own that answers at once, whatever this thread does. */
const SERVER = `
const { createServer } = require("node:net");
const { parentPort } = require("node:worker_threads");
const PAGE = "HTTP/1.1 200 OK\\r\\nA: b\\r\\n\\r\\nhello";
const servers = [
  (socket) => socket.write("SSH-2.0-hello\\r\\n"),
  (socket) => socket.once("data", () => socket.end(PAGE)),
].map((serve) => createServer((socket) => serve(socket.on("error", () => {}))).listen(0, "127.0.0.1"));
Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve)))).then(() =>
  parentPort.postMessage(servers.map((server) => server.address().port)),
);`;

const BLOCK_MS = 300;
/** The checks wait for the connection, and for one or two parts of the answer. */
const BLOCKS = 4;

/** Keeps the event loop busy in each of its next turns. */
function blockTurns(left = BLOCKS): void {
  if (left === 0) return;
  setImmediate(() => {
    for (const endMs = performance.now() + BLOCK_MS; performance.now() < endMs; );
    blockTurns(left - 1);
  });
}

describe("a busy event loop does not count to the target", () => {
  const server = new Worker(SERVER, { eval: true });
  let ports: readonly [greeting: number, http: number] = [0, 0];
  beforeAll(async () => {
    [ports] = (await once(server, "message")) as [typeof ports];
  });
  afterAll(async () => void (await server.terminate()));

  it.each<{ check: Check; port: 0 | 1; words: string }>([
    { check: checkTcp, port: 0, words: "-e SSH" },
    { check: checkTcp, port: 0, words: "-t 5" },
    { check: checkHttp, port: 1, words: "-E" },
    { check: checkSsh, port: 0, words: "-t 5" },
  ])("of $check.name $words", async ({ check, port, words }) => {
    const running = runCheck(check, `-H 127.0.0.1 -p ${ports[port]} ${words}`);
    blockTurns();
    const { returnCode, output } = await running;
    expect(returnCode).toBe(0);
    for (const [, seconds] of output.matchAll(/time\w*=([0-9.]+)s/g)) {
      expect(Number(seconds) * 1000).toBeLessThan(BLOCK_MS);
    }
  });
});
