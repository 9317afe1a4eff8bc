import type { Shared, SharedContext } from "./check.ts";
import { type SettingValues, settingValue } from "./setting.ts";
import { type WaitStatus, Waits } from "./waits.ts";

interface SharedValuesOptions extends Pick<SharedContext, "log"> {
  /** The default is `log`. */
  readonly warn?: SharedContext["warn"];
  /** The values as they are now. Undefined: no worker.conf has been read, every setting has its default. */
  readonly settings?: () => SettingValues | undefined;
  /** Called when a check has waited for long inside the worker, with the name of what it waited for. */
  readonly onLongWait?: (name: string, status: WaitStatus) => void;
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

  readonly #onLongWait: SharedValuesOptions["onLongWait"];
  readonly #waits = new Map<string, Waits>();

  constructor({ log, warn = log, settings, onLongWait, given = new Map() }: SharedValuesOptions) {
    this.#onLongWait = onLongWait;
    this.#values = new Map(given);
    this.#context = {
      log,
      warn,
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
    this.#watch(shared.name, value);
    return value;
  }

  /** How things stand where checks may wait inside the worker, by the name of what they wait for. */
  get waits(): Readonly<Record<string, WaitStatus>> {
    return Object.fromEntries([...this.#waits].map(([name, { status }]) => [name, status]));
  }

  /** Names of the values that were created, in that order. */
  get names(): readonly string[] {
    return [...this.#values.keys()].map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#values.clear();
    await this.#created.disposeAsync();
  }

  #watch(name: string, value: object): void {
    const waits = "waits" in value ? value.waits : undefined;
    if (!(waits instanceof Waits)) return;
    this.#waits.set(name, waits);
    waits.whenLong(() => this.#onLongWait?.(name, waits.status));
  }
}
