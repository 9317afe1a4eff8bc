import type { Io } from "../../src/cli/io.ts";

/** What a command has printed, byte for byte (one character each). */
interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Command = (argv: readonly string[], io: Io) => Promise<number>;

/** Runs a command in this process, with an environment of the test's. */
export async function run(command: Command, argv: readonly string[], env: Io["env"] = {}): Promise<Said> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const code = await command(argv, {
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
