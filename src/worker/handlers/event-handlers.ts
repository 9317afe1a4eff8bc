import type { ByteString } from "../../byte-string.ts";
import type { Router } from "../../run/routing/router.ts";
import type { FindMarks } from "../../run/secrets.ts";
import type { LogThrottle } from "../log-throttle.ts";
import type { WorkerListener } from "../worker-events.ts";
import { describeRun } from "./describe-run.ts";
import { type GuardSettings, HandlerGuard } from "./handler-guard.ts";
import { HandlerLog, type LogSettings } from "./handler-log.ts";

export interface HandlerSettings extends GuardSettings, LogSettings {
  /** Each line of the log has it, if there is one. */
  readonly stage?: ByteString | undefined;
}

export interface EventHandlersOptions {
  readonly settings: HandlerSettings;
  readonly throttle: Pick<LogThrottle, "error">;
  /** Which options of a check are secret. */
  readonly findMarks: FindMarks;
}

/** What is special about event handlers: whether one may run now, and the log of their runs. */
export class EventHandlers {
  readonly #guard: HandlerGuard;
  readonly #log: HandlerLog;
  readonly listener: WorkerListener;
  #isLogged = false;
  #stage: ByteString | undefined;

  constructor({ settings, throttle, findMarks }: EventHandlersOptions) {
    this.#guard = new HandlerGuard(settings);
    this.#log = new HandlerLog(throttle);
    this.listener = {
      ran: (performed) => {
        if (this.#isLogged && performed.job.type === "eventhandler")
          this.#log.write(describeRun(performed, { findMarks, stage: this.#stage }));
      },
    };
  }

  configure(settings: HandlerSettings): void {
    this.#guard.configure(settings);
    this.#log.configure(settings);
    this.#stage = settings.stage;
    this.#isLogged = settings.eventhandlerLog !== undefined;
  }

  guard(router: Router): Router {
    return this.#guard.guard(router);
  }
}
