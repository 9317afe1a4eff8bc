import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { errorCode } from "../../../src/error-text.ts";
import { ChannelError } from "../channel.ts";
import { PIPE_BUF } from "./external-command.ts";

/**
 * Writes one command into a core's named pipe (`naemon.cmd`, `nagios.cmd`), in one piece. It never waits for
 * a core that is not there. Throws ChannelError.
 */
export async function writeCommand(path: string, line: string): Promise<void> {
  const bytes = Buffer.from(`${line}\n`);
  if (bytes.length > PIPE_BUF)
    throw new ChannelError("forbidden", `the command is longer than ${PIPE_BUF} bytes: shorten the comment`);
  try {
    // Without a reader such an open fails at once, instead of waiting for one. O_CREAT would make a file.
    const pipe = await open(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      if (!(await pipe.stat()).isFIFO())
        throw new ChannelError(
          "unavailable",
          `${path} is no named pipe: command_file of the core's config is meant`,
        );
      await pipe.write(bytes);
    } finally {
      await pipe.close();
    }
  } catch (error) {
    throw error instanceof ChannelError ? error : new ChannelError(...readError(path, error), error);
  }
}

function readError(path: string, error: unknown): [ChannelError["kind"], string] {
  const code = errorCode(error) ?? "";
  switch (code) {
    case "ENXIO":
      return ["unavailable", `nobody reads ${path}: does the core run?`];
    case "ENOENT":
      return ["unavailable", `there is no ${path}: does the core run?`];
    case "EACCES":
      return ["forbidden", `this user may not write to ${path}`];
    case "EAGAIN":
      return ["unavailable", `${path} is full: the core does not read it`];
    default:
      return [
        "unavailable",
        `cannot write to ${path}: ${error instanceof Error ? error.message : String(error)}`,
      ];
  }
}
