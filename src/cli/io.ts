import { SECRET_VARIABLES } from "../config/variables.ts";

/** What a command may touch outside of itself. Tests give it their own. */
export interface Io {
  readonly stdout: (text: string | Uint8Array) => void;
  readonly stderr: (text: string | Uint8Array) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input, for the commands that read it. Without it, the process's own. */
  readonly stdin?: () => AsyncIterable<Uint8Array>;
  /**
   * Calls `end` once when standard output takes no more: its reader has gone (`| head`), or the disk is full.
   * Without it the process ends at once.
   */
  readonly onOutputLost?: (end: () => void) => void;
}

/** As a shell reports a program that SIGPIPE has ended. */
const READER_GONE = 141;
const CANNOT_WRITE = 1;

/** The process's own streams. */
export interface ProcessIo extends Io {
  /** Resolves when all that was written has been taken, or lost. A pipe takes it when its reader reads. */
  readonly written: () => Promise<void>;
}

export function processIo(): ProcessIo {
  const env = takeEnvironment();
  let last = Promise.resolve();
  const wait = (writing: Promise<void>) => {
    last = last.then(() => writing);
  };
  let endCommand: (() => void) | undefined;
  let isLost = false;
  const outputLost = (error: NodeJS.ErrnoException) => {
    if (isLost) return;
    isLost = true;
    const isReaderGone = error.code === "EPIPE";
    if (!isReaderGone)
      void write(process.stderr, `cannot write to standard output: ${error.message}\n`, () => {});
    process.exitCode = isReaderGone ? READER_GONE : CANNOT_WRITE;
    if (endCommand === undefined) process.exit();
    endCommand();
  };
  return {
    stdout: (text) => {
      wait(write(process.stdout, text, outputLost));
    },
    stderr: (text) => {
      wait(write(process.stderr, text, () => {}));
    },
    written: () => last,
    env,
    onOutputLost: (end) => {
      endCommand = end;
    },
  };
}

/**
 * The whole environment. In the process's own, which every plugin and thread inherits, no secrets of the
 * configuration are left.
 */
function takeEnvironment(): Io["env"] {
  const env = { ...process.env };
  for (const name of SECRET_VARIABLES) delete process.env[name];
  return env;
}

/**
 * Resolves when the text was taken or lost. A stream has its listener from the first write on: a program that
 * writes nothing opens no stream.
 */
function write(
  stream: NodeJS.WriteStream,
  text: string | Uint8Array,
  onError: (error: NodeJS.ErrnoException) => void,
): Promise<void> {
  if (stream.listenerCount("error") === 0) stream.on("error", onError);
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.write(text, () => resolve());
  if (stream.writableLength === 0) resolve();
  return promise;
}
