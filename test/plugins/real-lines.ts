import { seededRandom } from "../support/random.ts";
import { SEED } from "./differential.ts";
import type { RealForm } from "./real-forms.ts";

/** What a macro may stand for. */
export type Macros = Readonly<Record<string, readonly string[]>>;

/** Makes command lines as configurations have them. The same seed gives the same lines. */
export function* realLines(
  forms: readonly RealForm[],
  macros: Macros,
  { count, seed = SEED }: { readonly count: number; readonly seed?: number },
): Generator<readonly string[]> {
  const random = seededRandom(seed);
  const oneOf = <Each>(all: readonly Each[]) => all[Math.floor(random() * all.length)];
  const urn = forms.flatMap(([weight, words]) => Array.from({ length: weight }, () => words));
  const split = new Map(forms.map(([, words]) => [words, splitForm(words)]));
  for (let at = 0; at < count; at += 1) {
    const words = split.get(oneOf(urn) ?? "") ?? [];
    yield words.map((word) =>
      word.replace(/\$([A-Z]+)\$/g, (macro, name: string) => oneOf(macros[name] ?? [macro]) ?? ""),
    );
  }
}

/** `a 'b c' ''` are three words. */
function splitForm(words: string): readonly string[] {
  const found = words.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return found.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
}
