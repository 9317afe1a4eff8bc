import { expect, it, vi } from "vitest";
import { demoCommand } from "../../src/cli/commands/demo.ts";

it("the demo prints the address of its status page, which shows it live", async () => {
  const printed: string[] = [];
  const io = {
    env: {},
    stdout: (text: string | Uint8Array) => void printed.push(String(text)),
    stderr: () => {},
  };
  const ended = demoCommand(["--seconds", "3"], io);
  const url = await vi.waitFor(() => {
    const [, found] = /^Status page: (http:\/\/127\.0\.0\.1:\d+\/)\n/.exec(printed.join("")) ?? [];
    expect(found).toBeDefined();
    return found ?? "";
  });
  expect(await (await fetch(url)).text()).toMatch(/^<!doctype html>/);
  expect(await ended).toBe(0);
});
