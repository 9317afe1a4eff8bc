import { createHash } from "node:crypto";
import { once } from "node:events";
import { realpath } from "node:fs/promises";
import { createServer } from "node:net";
import { errorCode } from "../../../src/error-text.ts";
import { ProgramError, reasonOf } from "./program-error.ts";

/** Two programs in one folder would do everything twice. The lock ends with the process. */
export async function lockFolder(folder: string, program: string): Promise<AsyncDisposable> {
  const digest = createHash("sha256")
    .update(await realpath(folder))
    .digest("hex")
    .slice(0, 24);
  const server = createServer((socket) => socket.destroy());
  server.listen(`\0omd-worker-zulip/${digest}`);
  try {
    await once(server, "listening");
  } catch (error) {
    const isTaken = errorCode(error) === "EADDRINUSE";
    throw new ProgramError(
      isTaken
        ? `another ${program} reads ${folder}: end it first`
        : `cannot lock ${folder}: ${reasonOf(error)}`,
    );
  }
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}
