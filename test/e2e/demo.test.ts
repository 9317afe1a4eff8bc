import { readdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ask } from "../integrations/chat-server/requests.ts";
import { createFolder } from "../support/folder.ts";
import { InTerminal } from "../support/processes/in-terminal.ts";
import { createMark, leftBehind, pipeDirectories } from "../support/processes/leftovers.ts";
import { hasServer } from "../support/servers/installed.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");
const COLOUR = /\x1b\[3\dm/;

describe.skipIf(!hasServer("script"))("the demo on a terminal", () => {
  function start(columns: number, rows: number, env: Readonly<Record<string, string>> = {}): InTerminal {
    return new InTerminal([PROGRAM, "demo"], { columns, rows, env });
  }

  it("prints the address of its page first, reaches every row, and q leaves the terminal as it was", async () => {
    await using demo = start(80, 24);
    await demo.shows(/Status page: http:\/\/127\.0\.0\.1:\d+\//);
    expect(demo.written).toMatch(/^Status page: http/);
    await demo.shows(/files1 +nfs mount +CRITICAL/);
    await demo.shows(/cache1 redis is CRITICAL, event handler: /);
    expect(demo.written).toMatch(COLOUR);
    const [, all = ""] = /all 1-\d+ of (\d+)/.exec(demo.screen) ?? [];
    demo.press("\x1b[F");
    await demo.shows(new RegExp(`all \\d+-${all} of ${all}`));
    demo.press("w");
    await demo.shows(/printer1 +toner yellow +WARNING[\s\S]*WARNING 1-\d+ of \d+/);
    demo.press("q");
    expect(await demo.ended(/omd-worker demo:[\s\S]*… and \d+ more\n\nEnded\. \d+ results\.$/)).toBe("0");
    for (const line of demo.screen.split("\n")) expect(line.trimEnd().length).toBeLessThan(80);
  });

  it.each(["SIGTERM", "SIGHUP"] as const)("%s leaves it as it was, too", async (name) => {
    await using demo = start(200, 60, { NO_COLOR: "1" });
    await demo.shows(/files1 +nfs mount +CRITICAL/);
    expect(demo.written).not.toMatch(COLOUR);
    process.kill(Number(demo.file("pid")), name);
    expect(await demo.ended(/Ended\. \d+ results\.$/)).toBe("0");
  });
});

it("into a pipe it prints the address, lines of progress, and the whole table once", async () => {
  const { stdout } = await execa(process.execPath, [PROGRAM, "demo", "--seconds", "11"]);
  const lines = stdout.split("\n");
  expect(lines[0]).toMatch(/^Status page: http:\/\/127\.0\.0\.1:\d+\/$/);
  const progress = /^\d+ s: \d+ results, \d+\/s; \d+ OK, \d+ WARNING, \d+ CRITICAL/;
  expect(lines.filter((line) => progress.test(line)).length).toBeGreaterThan(0);
  const [, count = ""] = /^(\d+) hosts and services: /m.exec(stdout) ?? [];
  const head = lines.findIndex((line) => line.startsWith("HOST "));
  const end = lines.indexOf("", head);
  expect(end - head - 1).toBe(Number(count));
  expect(lines.filter((line) => line.startsWith("HOST "))).toHaveLength(1);
  expect(stdout).toMatch(/\n\nEnded\. \d+ results\.$/);
  expect(stdout).not.toContain("\x1b");
});

/** As the start of the README does, but for npm: it would hide what the program does with the signal. */
it("with its chat it prints the addresses of both pages, shows the stream, and TERM leaves no process and no file", async () => {
  using folder = createFolder();
  const mark = createMark();
  onTestFinished(() => mark.kill());
  const demo = execa(process.execPath, [PROGRAM, "demo", "--chat"], {
    env: { ...mark.env, TMPDIR: folder.path },
    reject: false,
  });
  let shown = "";
  demo.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const PATIENCE = { timeout: 30_000, interval: 50 };
  const address = async (name: string) =>
    vi.waitFor(() => {
      const [, url] = new RegExp(`^${name}: (http://127\\.0\\.0\\.1:\\d+/)$`, "m").exec(shown) ?? [];
      if (url === undefined) throw new Error(`no address of the ${name}: ${shown}`);
      return url;
    }, PATIENCE);
  const [page, chat] = [await address("Status page"), await address("Chat")];
  expect(await (await fetch(page)).text()).toMatch(/^<!doctype html>/);
  expect(await (await fetch(chat)).text()).toContain("Chat of the demo");
  const user = (await (await fetch(`${chat}me.json`)).json()) as { email: string; key: string };
  const params = { anchor: "newest", num_before: "50" };
  await vi.waitFor(async () => {
    const { body } = await ask(new URL(chat).origin, { method: "GET", path: "messages", user, params });
    expect(JSON.stringify(body["messages"])).toContain("PROBLEM - CRITICAL");
  }, PATIENCE);
  expect(mark.processes().length).toBeGreaterThan(2);
  expect(readdirSync(folder.path).length).toBeGreaterThan(0);
  demo.kill("SIGTERM");
  const { exitCode, stderr } = await demo;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(shown).toMatch(/\nEnded\. \d+ results\.\n$/);
  expect(await leftBehind(() => mark.processes().map(({ commandLine }) => commandLine))).toEqual([]);
  expect(readdirSync(folder.path)).toEqual([]);
  expect(pipeDirectories(demo.pid ?? 0)).toEqual([]);
  await expect(fetch(chat)).rejects.toThrow("fetch failed");
});
