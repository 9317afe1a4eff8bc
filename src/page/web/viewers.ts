import type { ServerResponse } from "node:http";
import type { Log } from "../../log.ts";

/** What the viewers are shown. */
export interface Show {
  /** Looks at the worker. `whole` is for a viewer who has seen nothing, `next` for those who see on. */
  readonly look: () => Promise<{ readonly whole: () => string; readonly next: string }>;
}

/** More are told to come later. */
const MAX_VIEWERS = 50;
const EVERY_MS = 2_000;
/** A viewer that lets so many bytes wait is dropped; the browser connects again by itself. */
const MAX_BEHIND = 1024 * 1024;

/**
 * Sends server-sent events: one snapshot every two seconds, made once for all viewers, and none while there
 * is no viewer. A new one has the state of the last look at once.
 */
export class Viewers implements Disposable {
  readonly #show: Show;
  readonly #log: Pick<Log, "error">;
  readonly #viewers = new Set<ServerResponse>();
  /** Viewers that have seen nothing yet. */
  readonly #new = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(show: Show, log: Pick<Log, "error">) {
    this.#show = show;
    this.#log = log;
  }

  get isFull(): boolean {
    return this.#viewers.size >= MAX_VIEWERS;
  }

  /** The response is the viewer's from now on. */
  add(response: ServerResponse): void {
    response.on("close", () => this.#remove(response));
    response.on("error", () => this.#remove(response));
    response.write("retry: 3000\n\n");
    this.#viewers.add(response);
    this.#new.add(response);
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#tell(), EVERY_MS);
    void this.#tell();
  }

  [Symbol.dispose](): void {
    for (const viewer of this.#viewers) viewer.destroy();
    clearInterval(this.#timer);
  }

  #remove(response: ServerResponse): void {
    this.#viewers.delete(response);
    this.#new.delete(response);
    if (this.#viewers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #tell(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const { whole, next } = await this.#show.look();
      for (const viewer of this.#viewers) this.#send(viewer, this.#new.delete(viewer) ? whole() : next);
    } catch (error) {
      this.#log.error({ err: error }, "cannot show the worker on the status page");
    } finally {
      this.#isLooking = false;
    }
  }

  #send(viewer: ServerResponse, text: string): void {
    if (viewer.writableLength > MAX_BEHIND) viewer.destroy();
    else viewer.write(text);
  }
}

/** `json` has no line feeds outside of its strings, and in them they are escaped. */
export function renderEvent(name: "whole" | "next", json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
