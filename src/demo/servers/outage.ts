import { existsSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { closeServer, listen, type Place } from "./servers.ts";

export interface OutageOptions {
  /** It has listened there before. */
  readonly place: Place;
  /** Whoever makes this file has the server started again, as a service manager would. */
  readonly restartFile: string;
  /** How long the server is up. */
  readonly goesAfterMs: number;
}

const LOOKS_EVERY_MS = 250;

/**
 * A server that goes away again and again, and comes back when somebody asks for it. The first time it goes
 * at once.
 */
export class Outage implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: OutageOptions;
  readonly #timer: NodeJS.Timeout;
  #upUntilMs = 0;
  #isBusy = false;

  constructor(server: Server, options: OutageOptions) {
    this.#server = server;
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), LOOKS_EVERY_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await closeServer(this.#server);
  }

  /** A port that another program has meanwhile is tried at the next look. */
  async #look(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    await (this.#server.listening ? this.#goWhenDue() : this.#comeWhenAsked()).catch(() => {});
    this.#isBusy = false;
  }

  async #goWhenDue(): Promise<void> {
    if (performance.now() < this.#upUntilMs) return;
    rmSync(this.#options.restartFile, { force: true });
    await closeServer(this.#server);
  }

  async #comeWhenAsked(): Promise<void> {
    const { place, restartFile, goesAfterMs } = this.#options;
    if (!existsSync(restartFile)) return;
    await listen(this.#server, place);
    this.#upUntilMs = performance.now() + goesAfterMs;
  }
}
