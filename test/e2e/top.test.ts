import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Actors } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { InTerminal } from "../support/processes/in-terminal.ts";
import { hasServer } from "../support/servers/installed.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/gearman_top.ts");
const PATIENCE = { timeout: 30_000, interval: 20 };
const ENTER = "\x1b[?1049h";
const LEAVE = "\x1b[?25h\x1b[?1049l";

/** gearman_top in a pseudo-terminal. */
function startTop(argv: readonly string[], env: Readonly<Record<string, string>> = {}): InTerminal {
  return new InTerminal([PROGRAM, ...argv], { env });
}

describe.skipIf(!hasServer("gearmand") || !hasServer("script"))("gearman_top on a terminal", () => {
  const actors = new Actors();
  let gearmand: Gearmand;
  let host: string;
  beforeEach(async () => {
    gearmand = await startGearmand();
    const server = { host: "127.0.0.1", port: gearmand.port };
    host = `127.0.0.1:${gearmand.port}`;
    const client = await actors.client(server);
    for (const unique of ["1", "2", "3"])
      await client.submit({ queue: "check_results", unique, workload: Buffer.from("x") });
    actors.worker(server, ["service", "host", "hostgroup_dmz"], { room: () => 0 });
    await client.submit({ queue: "hostile\x1b]0;name", unique: "", workload: Buffer.from("x") });
  });
  afterEach(async () => {
    await actors.stop();
    await gearmand.stop();
  });

  it("shows totals and queues, sorts, filters, and q leaves the terminal as it was", async () => {
    await using top = startTop(["-H", host, "-i", "0.1"]);
    await top.shows(/gearman_top {2}127\.0\.0\.1:\d+ {2}v1/);
    await top.shows("5 queues: 3 workers, 4 waiting, 0 running, change 0/s");
    await top.shows(/▼QUEUE.*\n check_results +0 +3 +0 +0\s*\n host +1 +0 /);
    expect(top.written).toContain(ENTER);
    expect(top.written).toMatch(/\x1b\[31m check_results/);
    expect(top.written).not.toContain("\x1b]0;");
    top.press("s");
    await top.shows(/▼WORKERS/);
    top.press("\x1b[C");
    await top.shows(/▼WAITING.*\n check_results/);
    top.press("r");
    await top.shows(/▲WAITING/);
    top.press("/dmz\r");
    await top.shows(/filter: dmz[\s\S]*1 queues: 1 workers/);
    await top.shows("q quit");
    top.press("q");
    expect(await top.ended()).toBe("0");
  });

  it("shows several servers, and one that is away", async () => {
    const second = await startGearmand();
    await using top = startTop(["-H", host, "-H", `127.0.0.1:${second.port}`, "-i", "0.1"]);
    await top.shows(new RegExp(`2 servers[\\s\\S]*127.0.0.1:${second.port} {2}v1`));
    await second.stop();
    await top.shows(`failed to connect to address 127.0.0.1 and port ${second.port}: Connection refused`);
    top.press("\x03");
    expect(await top.ended()).toBe("0");
  });

  it("fits itself to a new size", async () => {
    await using top = startTop(["-H", host, "-i", "60"]);
    await top.shows("▼QUEUE");
    await execa("stty", ["-F", top.file("tty"), "cols", "60", "rows", "9"]);
    await vi.waitFor(() => expect(top.screen.trimEnd().split("\n")).toHaveLength(9), PATIENCE);
    expect(Math.max(...top.screen.split("\n").map((line) => line.trimEnd().length))).toBeLessThan(60);
    await execa("stty", ["-F", top.file("tty"), "cols", "100", "rows", "20"]);
    await vi.waitFor(() => expect(top.screen.trimEnd().split("\n")).toHaveLength(20), PATIENCE);
    top.press("q");
    expect(await top.ended()).toBe("0");
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s leaves the terminal as it was", async (name) => {
    await using top = startTop(["-H", host]);
    await top.shows("▼QUEUE");
    process.kill(Number(top.file("pid")), name);
    expect(await top.ended()).toBe("0");
  });

  it("has no colours with NO_COLOR", async () => {
    await using top = startTop(["-H", host], { NO_COLOR: "1" });
    await top.shows("check_results");
    expect(top.written).not.toMatch(/\x1b\[\d+m/);
    top.press("q");
    expect(await top.ended()).toBe("0");
  });

  it("a fault of its own is told on the usual screen", async () => {
    const fault = "--import=data:text/javascript,setTimeout(()=>{throw(new(Error)(`a-fault`))},3000)";
    await using top = startTop(["-H", host], { NODE_OPTIONS: fault });
    await top.shows("▼QUEUE");
    await vi.waitFor(() => expect(top.written).toContain("a-fault"), PATIENCE);
    const left = top.written.lastIndexOf(LEAVE);
    expect(left).toBeGreaterThan(0);
    expect(top.written.indexOf("Error: a-fault")).toBeGreaterThan(left);
  });
});
