import { createServer } from "node:net";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { freePort } from "./free-port.ts";
import { checkLeaks, leftOpen, openResources } from "./leaks.ts";

describe("the leak check", () => {
  checkLeaks();

  it("names what is left open, and nothing after it is closed", async () => {
    const before = openResources();
    const port = await freePort();
    const server = createServer().listen(port, "127.0.0.1");
    const child = execa("sleep", ["60"], { reject: false });

    const left = await leftOpen(before, 50);
    expect(left).toEqual(expect.arrayContaining(["1 TCPServerWrap", "1 ProcessWrap"]));

    server.close();
    child.kill("SIGKILL");
    await child;
    expect(await leftOpen(before)).toEqual([]);
  });

  it("waits for a timer that is about to end", async () => {
    const before = openResources();
    const ended = Promise.withResolvers<void>();
    setTimeout(ended.resolve, 20);
    expect(await leftOpen(before)).toEqual([]);
    await ended.promise;
  });
});
