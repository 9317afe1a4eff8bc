import type { Kind } from "./kinds/kind.ts";
import type { Machine } from "./machine.ts";
import type { ConfigOption } from "./option.ts";
import type { Draft } from "./read/draft.ts";

/**
 * The values of the options that have an effect, one property an option: `max-worker` is `maxWorker`. Text
 * that goes to a job server or onto a command line is a ByteString, names in the file system are not.
 */
export type ValuesOf<Option extends ConfigOption> = {
  readonly [Each in Extract<Option, { readonly effect: "full" }> as CamelCase<Each["name"]>]: ValueOf<Each>;
};

/**
 * The written values, and the defaults of all others. The one place where values get the types of their rows.
 */
export function withDefaults<Option extends ConfigOption>(
  options: readonly Option[],
  { values }: Draft,
  machine: Machine,
): ValuesOf<Option> {
  const properties = options
    .filter(({ effect }) => effect === "full")
    .map(
      (option) => [configKey(option.name), values.get(option.name) ?? defaultOf(option, machine)] as const,
    );
  return Object.fromEntries(properties) as ValuesOf<Option>;
}

function defaultOf({ default: value }: ConfigOption, machine: Machine): unknown {
  return typeof value === "function" ? value(machine) : value;
}

/** `max-worker` → `maxWorker` */
export function configKey(name: string): string {
  return name.replace(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
}

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${CamelCase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Name extends `${infer Head}-${infer Tail}`
    ? `${Head}${Capitalize<CamelCase<Tail>>}`
    : Name;

type KindValue<Option extends ConfigOption> = Option["kind"] extends Kind<infer Value> ? Value : never;
type DefaultOf<Option extends ConfigOption> = Option["default"] extends (...given: never) => infer Value
  ? Value
  : Option["default"];

/** Only options without a default can be undefined, as every other one has its default if it is not given. */
type ValueOf<Option extends ConfigOption> =
  undefined extends DefaultOf<Option> ? KindValue<Option> : Exclude<KindValue<Option>, undefined>;
