import type { Machine } from "./machine.ts";
import type { ConfigOption, ConfigRow, Effect } from "./option.ts";
import type { Problem } from "./problem.ts";
import type { Draft } from "./read/draft.ts";
import type { Variables } from "./variables.ts";

/** Options under one heading of the help and the documentation. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly ConfigOption[];
}

/** The options of one program, and how that program completes and checks their values. */
export interface ConfigTable<Config> {
  readonly groups: readonly OptionGroup[];
  /** Every option can be set in the environment, too. It counts after the files, and before the arguments. */
  readonly variables?: Variables;
  readonly complete: (draft: Draft, context: CompletionContext) => Completed<Config>;
}

export interface CompletionContext {
  readonly machine: Machine;
  readonly report: (problem: Problem) => void;
}

export interface Completed<Config> {
  readonly config: Config;
  /** Options whose value follows from another one, by name: the key from keyfile. */
  readonly derived?: ReadonlyMap<string, string>;
}

export function optionsOf(groups: readonly OptionGroup[]): readonly ConfigOption[] {
  return groups.flatMap(({ options }) => options);
}

/** The rows that have an effect, each with its own. Rows that `effects` does not name are left out. */
export function use<
  const Rows extends readonly ConfigRow[],
  const Effects extends { readonly [Name in Rows[number]["name"]]?: Effect },
>(rows: Rows, effects: Effects): readonly UsedRow<Rows[number], Effects>[] {
  const byName = new Map<string, Effect>(Object.entries<Effect>(effects as Record<string, Effect>));
  const options = rows.flatMap((row) => {
    const effect = byName.get(row.name);
    return effect === undefined ? [] : [{ ...row, ...effect }];
  });
  // Only here rows and effects are put together; the type says the same as the line above.
  return options as unknown as readonly UsedRow<Rows[number], Effects>[];
}

/** All rows with the same effect. */
export function useAll<const Rows extends readonly ConfigRow[], const Same extends Effect>(
  rows: Rows,
  effect: Same,
): readonly (Rows[number] & Same)[] {
  return rows.map((row) => ({ ...row, ...effect }));
}

type UsedRow<Row extends ConfigRow, Effects> = Row extends { readonly name: infer Name }
  ? Name extends keyof Effects
    ? Row & Effects[Name]
    : never
  : never;
