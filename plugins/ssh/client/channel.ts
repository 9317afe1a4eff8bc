import type { Readable } from "node:stream";

/** How a command ended on the server. Texts are byte strings. */
export interface RemoteOutcome {
  /** Undefined where the server did not say, or where a signal ended the command. */
  readonly returnCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A channel on which a command runs: the part of the driver's channel that is used here. */
export interface CommandChannel extends Readable {
  readonly stderr: Readable;
  end(): unknown;
}

/** Bytes of a command's output that are kept. More is thrown away, so that no server can fill the memory. */
const MAX_OUTPUT = 16_777_216;

/** Reads a command's output until its channel is closed. The command's stdin is empty. */
export async function readChannel(channel: CommandChannel): Promise<RemoteOutcome> {
  let returnCode: number | undefined;
  channel.on("exit", (code: number | null) => {
    returnCode = code ?? undefined;
  });
  const closed = new Promise<void>((resolve) => channel.once("close", () => resolve()));
  const output = Promise.all([readAll(channel), readAll(channel.stderr), closed]);
  channel.end();
  const [stdout, stderr] = await output;
  return { returnCode, stdout, stderr };
}

function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let room = MAX_OUTPUT;
  stream.on("data", (chunk: Buffer) => {
    if (room > 0) chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    room -= chunk.length;
  });
  return new Promise((resolve) => {
    stream.once("end", () => {
      const [first] = chunks;
      if (first === undefined) resolve("");
      else resolve((chunks.length === 1 ? first : Buffer.concat(chunks)).toString("latin1"));
    });
  });
}
