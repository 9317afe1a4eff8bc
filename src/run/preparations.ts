import type { Check } from "../../sdk/check.ts";
import { withinSeconds } from "../../sdk/deadline.ts";
import type { Log } from "../log.ts";

/** Seconds. */
const MAX_PREPARE = 10;

/**
 * Prepares each check once, when it is needed: a worker that is never asked for databases loads none of their
 * drivers. They take longer to load than all of the worker.
 */
export class Preparations {
  readonly #log: Pick<Log, "warn">;
  readonly #done = new WeakSet<Check>();
  readonly #underWay = new WeakMap<Check, Promise<void>>();

  constructor(log: Pick<Log, "warn">) {
    this.#log = log;
  }

  /**
   * Resolves when the check is prepared; undefined: it is. Never rejects, as a check that is not prepared can
   * still answer.
   */
  readonly of = (check: Check): Promise<void> | undefined => {
    if (check.prepare === undefined || this.#done.has(check)) return undefined;
    const known = this.#underWay.get(check);
    if (known !== undefined) return known;
    const preparing = prepare(check, this.#log).then(() => void this.#done.add(check));
    this.#underWay.set(check, preparing);
    return preparing;
  };
}

async function prepare(check: Check, log: Pick<Log, "warn">): Promise<void> {
  const onTimeout = () => new Error(`not through after ${MAX_PREPARE} seconds`);
  try {
    await withinSeconds({ seconds: MAX_PREPARE, onTimeout }, async () => check.prepare?.());
  } catch (error) {
    log.warn({ err: error }, `${check.name} is not prepared, its first run may be slow`);
  }
}
