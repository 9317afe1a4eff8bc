import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CommandOutcome, NestedCommand } from "../../../sdk/check.ts";
import { execute } from "./real-plugins.ts";

interface Request {
  readonly id: number;
  readonly command: NestedCommand;
}

interface Reply {
  readonly id: number;
  readonly outcome: CommandOutcome;
}

/**
 * Starts plugins from a small process of its own. To start one stops the process that does it for some
 * milliseconds, and a check that runs here beside the plugin would wait for that.
 */
export class PluginRunner implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (outcome: CommandOutcome) => void>();
  #last = 0;

  constructor() {
    this.#child = fork(fileURLToPath(import.meta.url), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("message", ({ id, outcome }: Reply) => {
      this.#waiting.get(id)?.(outcome);
      this.#waiting.delete(id);
    });
  }

  execute(command: NestedCommand): Promise<CommandOutcome> {
    const { promise, resolve } = Promise.withResolvers<CommandOutcome>();
    this.#last += 1;
    this.#waiting.set(this.#last, resolve);
    this.#child.send({ id: this.#last, command } satisfies Request);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}

if (import.meta.main) {
  process.on("message", async ({ id, command }: Request) => {
    process.send?.({ id, outcome: await execute(command) } satisfies Reply);
  });
}
