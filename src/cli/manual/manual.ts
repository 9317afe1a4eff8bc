import type { Suggestion } from "../../config/kinds/kind.ts";
import type { OptionGroup } from "../../config/table.ts";

/**
 * What a command or a program says of itself. Its `--help`, its man page and its completions are rendered
 * from it; its one line and its usual call are in its row of COMMANDS.
 */
export interface Manual {
  /** The command's name in COMMANDS. */
  readonly name: string;
  /** The ways to call it, each as it is typed. Without them it is the one of its row. */
  readonly usage?: readonly string[];
  /** Paragraphs. */
  readonly description: readonly string[];
  /** One of these words comes first. */
  readonly words?: readonly ManualWord[];
  /** Its own options. */
  readonly options?: readonly ManualOption[];
  /** Options that are written KEY=VALUE, too. */
  readonly table?: TableOptions;
  /** What the other words are. */
  readonly takes?: Operand;
  readonly sections?: readonly ManualSection[];
  readonly examples: readonly Example[];
  readonly exitCodes: readonly ExitCode[];
}

interface ManualWord {
  readonly word: string;
  /** How it goes on, as `FILE…`. */
  readonly usage?: string;
  readonly help: string;
  readonly takes?: Operand;
  /** It takes the options of the command's table. */
  readonly hasOptions?: true;
}

/** A letter, `-H`, or a word, `--json`. The options of tools that read letters are such rows. */
export interface ManualOption {
  readonly name: string;
  /** For the help. Undefined: the option has no value. */
  readonly value?: string;
  /** The value follows on `=`, in the same word. */
  readonly isAttached?: true;
  readonly help: string;
}

export type TableOptions =
  /** Every option of worker.conf. They have a man page of their own. */
  | { readonly kind: "worker.conf"; readonly groups: readonly OptionGroup[] }
  | { readonly kind: "own"; readonly groups: readonly OptionGroup[] };

/** What a shell offers for a word that is no option. */
export type Operand = Suggestion | "checks" | "commands" | "nothing";

export interface ManualSection {
  readonly title: string;
  readonly terms: readonly (readonly [term: string, text: string])[];
}

export interface Example {
  readonly line: string;
  /** What it is good for, if the line does not say so. */
  readonly does?: string;
}

export type ExitCode = readonly [code: string, meaning: string];

/** `-H`, `--json`, `--html=` */
export function optionWord({ name, isAttached }: ManualOption): string {
  return `${name.length === 1 ? "-" : "--"}${name}${isAttached ? "=" : ""}`;
}

/** `-H HOST[:PORT]`, `--html=PAGE`, `--json` */
export function optionHead(option: ManualOption): string {
  const { value, isAttached } = option;
  return `${optionWord(option)}${value === undefined ? "" : `${isAttached ? "" : " "}${value}`}`;
}
