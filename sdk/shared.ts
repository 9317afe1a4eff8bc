import type { Shared, SharedContext } from "./check.ts";
import { type SettingValues, settingValue } from "./setting.ts";

interface SharedValuesOptions extends Pick<SharedContext, "log"> {
  /** The values as they are now. Undefined: no worker.conf has been read, every setting has its default. */
  readonly settings?: () => SettingValues | undefined;
  /** Values that are there from the start, in place of those that `create` would make. */
  readonly given?: ReadonlyMap<{ readonly name: string }, Disposable | AsyncDisposable>;
}

/**
 * All shared values of one worker. A value is created when a check asks for it, and all are disposed of
 * together, the last created first.
 */
export class SharedValues implements AsyncDisposable {
  readonly #context: SharedContext;
  readonly #values: Map<{ readonly name: string }, Disposable | AsyncDisposable>;
  readonly #created = new AsyncDisposableStack();

  constructor({ log, settings, given = new Map() }: SharedValuesOptions) {
    this.#values = new Map(given);
    this.#context = {
      log,
      setting: (setting) => settingValue(settings?.(), setting),
      shared: (shared) => this.get(shared),
    };
  }

  /** Gives the value for `context.shared`. Throws when the worker has stopped. */
  get<Value extends Disposable | AsyncDisposable>(shared: Shared<Value>): Value {
    const known = this.#values.get(shared);
    // The map has each value under the object that created it, so the type is right.
    if (known !== undefined) return known as Value;
    if (this.#created.disposed) throw new Error(`the worker has stopped: no ${shared.name}`);
    const value = this.#created.use(shared.create(this.#context));
    this.#values.set(shared, value);
    return value;
  }

  /** Names of the values that were created, in that order. */
  get names(): readonly string[] {
    return [...this.#values.keys()].map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#values.clear();
    await this.#created.disposeAsync();
  }
}
