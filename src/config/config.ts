import type { Kind } from "./kind.ts";
import type { OptionRow } from "./worker-options.ts";

/**
 * The values of worker.conf, one property an option that has an effect: `max-worker` is `maxWorker`.
 * Text that meets the wire or a command line is a ByteString, names in the file system are not.
 */
export type Config = { readonly [Row in EffectiveRow as CamelCase<Row["name"]>]: ValueOf<Row> };

export type EffectiveRow = Extract<OptionRow, { readonly effect: "full" }>;

/** `max-worker` → `maxWorker` */
export function configKey(name: string): string {
  return name.replace(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
}

export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${CamelCase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Name extends `${infer Head}-${infer Tail}`
    ? `${Head}${Capitalize<CamelCase<Tail>>}`
    : Name;

type KindValue<Row extends OptionRow> = Row["kind"] extends Kind<infer Value> ? Value : never;
type DefaultOf<Row extends OptionRow> = Row["default"] extends (...given: never) => infer Value
  ? Value
  : Row["default"];

/** A value that was not given is the default, so only options without a default can be undefined. */
type ValueOf<Row extends OptionRow> =
  undefined extends DefaultOf<Row> ? KindValue<Row> : Exclude<KindValue<Row>, undefined>;
