import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort } from "../free-port.ts";
import { checkLeaks } from "../leaks.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

const start = (...args: readonly string[]) => spawnDaemon(args[0] ?? "", args.slice(1), { stdio: "ignore" });

describe("a daemon of a test", () => {
  checkLeaks();

  it("is asked until it answers", async () => {
    const child = start("sleep", "60");
    let asked = 0;
    await untilReady(child, async () => {
      asked++;
      if (asked < 3) throw new Error("not yet");
    });
    expect(asked).toBe(3);
    await endDaemon(child, "SIGTERM");
    expect(child.signalCode).toBe("SIGTERM");
    await endDaemon(child, "SIGTERM");
  });

  it("fails with the last answer when it ends before it is ready", async () => {
    const never = () => Promise.reject(new Error("not yet"));
    await expect(untilReady(start("false"), never)).rejects.toThrow("not yet");
  });

  it("fails when there is no such program", async () => {
    const child = start("/nowhere/daemon");
    await expect(untilReady(child, () => new Promise(() => {}))).rejects.toThrow("ENOENT");
    await endDaemon(child, "SIGTERM");
  });
});

describe("a port", () => {
  checkLeaks();

  it("is ready when something accepts connections", async () => {
    const port = await freePort();
    await expect(canConnect(port)).rejects.toThrow("ECONNREFUSED");
    const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
    await expect.poll(() => canConnect(port).then(() => true)).toBe(true);
    server.close();
  });
});
