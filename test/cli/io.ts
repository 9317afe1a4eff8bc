import { findCommand, runCommand } from "../../src/cli/commands.ts";
import type { Io } from "../../src/cli/io.ts";

/** What a command has printed, byte for byte (one character each). */
interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Standard input that comes in these pieces. */
export async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text, "latin1");
}

/** Runs the command of this name in this process, with an environment and a standard input of the test's. */
export async function run(
  name: string,
  argv: readonly string[],
  env: Io["env"] = {},
  stdin: AsyncIterable<Uint8Array> = pieces(),
): Promise<Said> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const command = findCommand(name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const code = await runCommand(command, argv, {
    stdout: (text) => void stdout.push(Buffer.from(text)),
    stderr: (text) => void stderr.push(Buffer.from(text)),
    env,
    stdin: () => stdin,
  });
  return {
    code,
    stdout: Buffer.concat(stdout).toString("latin1"),
    stderr: Buffer.concat(stderr).toString("latin1"),
  };
}
