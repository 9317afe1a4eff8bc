import type { Readable } from "node:stream";

/** How a command ended on the other side. Texts are byte strings. */
export interface Ran {
  /** Undefined: the server did not say, or a signal ended it. */
  readonly returnCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A channel on which a command runs; the driver's is more. */
export interface CommandChannel extends Readable {
  readonly stderr: Readable;
  end(): unknown;
}

/** What a command says beyond is thrown away, so that no server can fill the memory. */
const MAX_OUTPUT = 16_777_216;

/** Reads all a command says, until its channel is closed. Its stdin is empty. */
export async function readChannel(channel: CommandChannel): Promise<Ran> {
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
