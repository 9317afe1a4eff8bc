import type { EffectiveOption } from "../config/render/effective.ts";
import type { Log } from "../log.ts";
import type { AskQueues } from "../worker/work-queues.ts";
import type { WorkerStatus } from "../worker/worker-status.ts";
import { Observer } from "./counts/observer.ts";
import { Changes } from "./snapshot/changes.ts";
import type { LogTail } from "./snapshot/log-tail.ts";
import { showQueues } from "./snapshot/queues.ts";
import { makeSnapshot } from "./snapshot/snapshot.ts";
import { Login } from "./web/login.ts";
import { StatusPage } from "./web/status-page.ts";
import { renderEvent, type Show } from "./web/viewers.ts";

export interface PageSource {
  readonly status: () => WorkerStatus;
  readonly inFlight: () => number;
  readonly queues: AskQueues;
  /** The configuration in use. The same list means that nothing has changed. */
  readonly config: () => readonly EffectiveOption[];
  readonly tail: LogTail;
  readonly log: Log;
}

/** The status page of a worker. Life: made → serving → disposed of. */
export class Page implements Disposable {
  readonly #observer = new Observer();
  readonly #login: Login | undefined;
  #page: StatusPage | undefined;
  #failedReload: number | undefined;

  /** `auth`: `user:hash` or the path of a file; undefined: the page is open. */
  constructor(auth: string | undefined) {
    this.#login = auth === undefined ? undefined : new Login(auth);
  }

  /** To be given to the worker. */
  get listener() {
    return this.#observer.listener;
  }

  /** A reload is over. */
  reloaded(isSuccessful: boolean): void {
    this.#failedReload = isSuccessful ? undefined : Date.now() / 1000;
  }

  serve(source: PageSource): StatusPage {
    this.#observer.observe(source.inFlight);
    this.#page = new StatusPage({
      show: showOf(source, this.#observer, () => this.#failedReload),
      login: this.#login,
      log: source.log,
    });
    return this.#page;
  }

  [Symbol.dispose](): void {
    this.#observer[Symbol.dispose]();
    this.#page?.[Symbol.dispose]();
  }
}

/** What has changed since the last look goes to those who saw it; a new viewer has everything. */
function showOf(
  { status, queues: askQueues, config, tail }: PageSource,
  observer: Observer,
  failedReload: () => number | undefined,
): Show {
  const changes = new Changes(["points", "log"]);
  let seen = { points: 0, lines: 0 };
  let seenConfig: readonly EffectiveOption[] | undefined;
  return {
    async look() {
      const queues = showQueues(await askQueues());
      const now = config();
      const parts = { status: status(), queues, observer, tail, failedReload: failedReload() };
      const changed = now === seenConfig ? undefined : now;
      const next = renderEvent("next", changes.next(makeSnapshot({ ...parts, seen, config: changed })));
      let whole: string | undefined;
      const nothing = { points: 0, lines: 0 };
      const renderWhole = () =>
        (whole ??= renderEvent(
          "whole",
          JSON.stringify(makeSnapshot({ ...parts, seen: nothing, config: now })),
        ));
      seen = { points: observer.history.closed, lines: tail.count };
      seenConfig = now;
      return { whole: renderWhole, next };
    },
  };
}
