import { findCommand, runCommand } from "../../src/cli/commands.ts";
import type { Io } from "../../src/cli/io.ts";

/** What a command has printed, byte for byte (one character each). */
interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command of this name in this process, with an environment of the test's. */
export async function run(name: string, argv: readonly string[], env: Io["env"] = {}): Promise<Said> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const command = findCommand(name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const code = await runCommand(command, argv, {
    stdout: (text) => void stdout.push(Buffer.from(text)),
    stderr: (text) => void stderr.push(Buffer.from(text)),
    env,
  });
  return {
    code,
    stdout: Buffer.concat(stdout).toString("latin1"),
    stderr: Buffer.concat(stderr).toString("latin1"),
  };
}
