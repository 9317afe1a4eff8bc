import { expect, it, vi } from "vitest";
import { demoCommand } from "../../src/cli/commands/demo.ts";

const PATIENCE = { timeout: 30_000, interval: 200 };

it("the demo prints the address of its status page, which shows it live", async () => {
  const printed: string[] = [];
  const io = {
    env: { PATH: process.env["PATH"] },
    stdout: (text: string | Uint8Array) => void printed.push(String(text)),
    stderr: () => {},
  };
  const ended = demoCommand(["--seconds", "40"], io);
  const url = await vi.waitFor(() => {
    const [, found] = /^Status page: (http:\/\/127\.0\.0\.1:\d+\/)\n/.exec(printed.join("")) ?? [];
    expect(found).toBeDefined();
    return found ?? "";
  }, PATIENCE);
  expect(await (await fetch(url)).text()).toMatch(/^<!doctype html>/);
  await vi.waitFor(async () => expect(await lookAt(url)).toMatchObject(WANTED), PATIENCE);
  process.emit("SIGTERM");
  expect(await ended).toBe(0);
});

/** Hosts, services, event handlers; a check that fails, and a time-out. */
const WANTED = {
  queues: {
    queues: expect.arrayContaining(
      ["host", "service", "eventhandler"].map((queue) => expect.objectContaining({ queue })),
    ),
  },
  log: expect.arrayContaining([
    expect.stringContaining("cache1 redis is CRITICAL, event handler: echo restart >"),
  ]),
  mostFailing: expect.arrayContaining([expect.objectContaining({ name: "check_http" })]),
  slowestRuns: expect.arrayContaining([
    expect.objectContaining({ name: "files1 - nfs mount", isTimedOut: true }),
  ]),
};

/** The first snapshot of a viewer. */
async function lookAt(url: string): Promise<unknown> {
  const { body } = await fetch(`${url}events`);
  let text = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const [, json] = /^data: (.*)\n/m.exec(text) ?? [];
    if (json !== undefined) return JSON.parse(json);
  }
  return undefined;
}
