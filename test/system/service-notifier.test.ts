import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { type NotifierOptions, ServiceNotifier } from "../../src/system/service-notifier.ts";
import { createFolder } from "../support/folder.ts";
import { checkLeaks } from "../support/leaks.ts";
import { receiveDatagrams } from "../support/processes/datagram-receiver.ts";

checkLeaks();
afterEach(() => {
  vi.unstubAllEnvs();
});

const READY = (status: string) => `READY=1\nMAINPID=${process.pid}\nSTATUS=${status}`;

async function listen(options: Partial<NotifierOptions> = {}, watchdogMs?: number) {
  const folder = createFolder();
  const socket = join(folder.path, "notify");
  const receiver = await receiveDatagrams(socket);
  const status = vi.fn(() => "7 jobs");
  const notifier = new ServiceNotifier({ environment: { socket, watchdogMs }, status, ...options });
  return {
    receiver,
    notifier,
    status,
    async [Symbol.asyncDispose]() {
      await notifier[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

it("tells once that the service is ready", async () => {
  await using it = await listen();
  it.notifier.ready();
  it.notifier.start();
  it.notifier.ready();
  it.notifier.ready();
  it.notifier.stopping();
  await it.receiver.until("STOPPING=1");
  expect(it.receiver.received).toEqual([
    READY("7 jobs"),
    "STOPPING=1\nEXTEND_TIMEOUT_USEC=30000000\nSTATUS=7 jobs",
  ]);
});

it("is ready after a while, whatever it waits for", async () => {
  await using it = await listen({ readyAfterMs: 1 });
  it.notifier.start();
  expect(await it.receiver.until("READY=1")).toBe(READY("7 jobs"));
});

it("tells of a reload, also of one that fails", async () => {
  await using it = await listen();
  it.notifier.start();
  it.notifier.ready();
  expect(it.notifier.during(() => 7)).toBe(7);
  const fail = () => {
    throw new Error("no");
  };
  expect(() => it.notifier.during(fail)).toThrow("no");
  it.notifier.stopping();
  await it.receiver.until("STOPPING=1");
  const reloading = expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+\nSTATUS=reloading$/);
  expect(it.receiver.received.slice(1, 5)).toEqual([
    ...[reloading, "READY=1\nSTATUS=7 jobs"],
    ...[reloading, "READY=1\nSTATUS=7 jobs"],
  ]);
});

it("tells what the service does when that has changed, on one line", async () => {
  await using it = await listen({ statusEveryMs: 1 });
  it.notifier.start();
  it.notifier.ready();
  await vi.waitFor(() => expect(it.status.mock.calls.length).toBeGreaterThan(3));
  it.status.mockReturnValue("8\njobs");
  await it.receiver.until("STATUS=8 jobs");
  expect(it.receiver.received).toEqual([READY("7 jobs"), "STATUS=8 jobs"]);
});

it("asks for more time while the service stops", async () => {
  await using it = await listen({ statusEveryMs: 1 });
  it.notifier.start();
  it.notifier.stopping();
  await vi.waitFor(() => expect(it.receiver.received).toContain("EXTEND_TIMEOUT_USEC=30000000"));
});

it("feeds the watchdog", async () => {
  await using it = await listen({}, 4);
  it.notifier.start();
  await it.receiver.until("WATCHDOG=1");
});

it("runs systemd's own program where there is no Perl", async () => {
  using bin = createFolder();
  const standIn = join(bin.path, "systemd-notify");
  writeFileSync(standIn, `#!/bin/sh\nfor word; do echo "$NOTIFY_SOCKET $word" >>${bin.path}/told; done\n`);
  chmodSync(standIn, 0o755);
  vi.stubEnv("PATH", `${bin.path}:${process.env["PATH"]}`);
  await using it = await listen({ command: ["/nonexistent/perl"] });
  it.notifier.start();
  it.notifier.ready();
  it.notifier.stopping();
  await vi.waitFor(() => {
    const told = readFileSync(join(bin.path, "told"), "utf8").split("\n");
    expect(told.map((line) => line.replace(/^\S+ /, ""))).toEqual([
      ...READY("7 jobs").split("\n"),
      ...["STOPPING=1", "EXTEND_TIMEOUT_USEC=30000000", "STATUS=7 jobs", ""],
    ]);
  });
});
