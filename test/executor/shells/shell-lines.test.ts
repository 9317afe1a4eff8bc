import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/outcome/outcome.ts";
import { exited, fixture, startShells } from "../warm-shells.ts";
import { SHELL_LINES } from "./shell-lines.ts";

let pool: Awaited<ReturnType<typeof startShells>>;

beforeAll(async () => {
  pool = await startShells();
});

afterAll(() => pool.shells.stop());

const killed = ["9", "11", "15"].flatMap((signal) => {
  const die = `${fixture("die")} ${signal}`;
  return [die, `${die}; exit 1`, `${die} | cat`, `exec ${die}`, `(${die}) 2>/dev/null`, `A=b ${die} && true`];
});

describe("a line run by a warm shell ends as with a fresh one", () => {
  it.each([...SHELL_LINES, ...killed])("%j", async (line) => {
    expect(await pool.line(line)).toEqual(await inFreshShell(line));
    expect(pool.countShells(), "the shell goes on").toBe(1);
  });
});

/** Runs a line as a worker without warm shells does. */
async function inFreshShell(line: string): Promise<Outcome> {
  const text = Buffer.from(line, "latin1").toString(); // Node encodes arguments
  const shell = spawn("/bin/sh", ["-c", text], { argv0: "sh", stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    buffer(shell.stdout),
    buffer(shell.stderr),
    once(shell, "close") as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  const returnCode = code ?? 128 + constants.signals[signal ?? "SIGKILL"];
  return exited(returnCode, stdout.toString("latin1"), stderr.toString("latin1"));
}
