import type { Shared, SharedContext } from "./check.ts";
import { type SettingValues, settingValue } from "./setting.ts";

interface Surroundings extends Pick<SharedContext, "log"> {
  /** The values as they are now. Undefined: no worker.conf has been read, every setting has its default. */
  readonly settings?: () => SettingValues | undefined;
}

/** Everything checks share in one worker. Created lazily, disposed of together, the last created first. */
export class SharedValues implements AsyncDisposable {
  readonly #surroundings: SharedContext;
  readonly #values = new Map<unknown, Disposable | AsyncDisposable>();
  readonly #created = new AsyncDisposableStack();

  constructor({ log, settings }: Surroundings) {
    this.#surroundings = {
      log,
      setting: (setting) => settingValue(settings?.(), setting),
      shared: (shared) => this.get(shared),
    };
  }

  /** The value for `context.shared`. Throws once the worker has stopped. */
  get<Value extends Disposable | AsyncDisposable>(shared: Shared<Value>): Value {
    const known = this.#values.get(shared);
    // Only this line puts values in, each under the object that created it.
    if (known !== undefined) return known as Value;
    if (this.#created.disposed) throw new Error(`the worker has stopped: no ${shared.name}`);
    const value = this.#created.use(shared.create(this.#surroundings));
    this.#values.set(shared, value);
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#values.clear();
    await this.#created.disposeAsync();
  }
}
