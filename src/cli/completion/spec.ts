import type { Suggestion } from "../../config/kinds/kind.ts";
import type { ConfigOption } from "../../config/option.ts";
import { visibleGroups } from "../../config/render/option-text.ts";
import type { OptionGroup } from "../../config/table.ts";
import { optionsOf } from "../../config/table.ts";
import type { CommandRow } from "../command.ts";
import type { Manual, ManualOption, Operand, TableOptions } from "../manual/manual.ts";
import { optionWord } from "../manual/manual.ts";
import { MANUALS } from "../manual/manuals.ts";
import { C_WORKER, TOOLS } from "../tools/tool-commands.ts";

/** What every shell is told, before it is written in the shell's own words. */
export interface CompletionSpec {
  readonly programs: readonly CompletedProgram[];
  readonly commands: readonly CompletedCommand[];
  /** The options of worker.conf. */
  readonly workerOptions: readonly CompletedOption[];
  /** The names of native checks. */
  readonly checks: readonly string[];
}

interface CompletedProgram {
  readonly name: string;
  /** It is this command. Undefined: its first word may name one. */
  readonly command: string | undefined;
}

export interface CompletedCommand {
  readonly name: string;
  readonly names: readonly string[];
  readonly help: string;
  readonly words: readonly CompletedWord[];
  readonly options: readonly CompletedOption[];
  /** It takes the options of worker.conf, too: itself, or after one of its words. */
  readonly hasWorkerOptions: boolean;
  readonly takes: Operand;
}

export interface CompletedWord {
  readonly word: string;
  readonly help: string;
  readonly hasWorkerOptions: boolean;
  readonly takes: Operand;
}

export interface CompletedOption {
  /** `-H`, `--json`; `--config=` has its value in the same word. */
  readonly word: string;
  /** Other ways to write it, which are not offered. */
  readonly others: readonly string[];
  /** One line. */
  readonly help: string;
  /** Undefined: it has no value. */
  readonly value: Suggestion | undefined;
  /** The value cannot be the next word. */
  readonly isJoined: boolean;
  readonly isRepeated: boolean;
}

/** Options whose value is names of checks. */
const LISTS_CHECKS = /^--native_checks_(?:only|except|experimental)=$/;

const HELP: ManualOption = { name: "help", help: "explains it" };

export function createSpec(rows: readonly CommandRow[], checks: readonly string[]): CompletionSpec {
  const worker = MANUALS.flatMap(({ table }) => (table?.kind === "worker.conf" ? [table] : []))[0];
  return {
    programs: [
      { name: "omd-worker", command: undefined },
      { name: C_WORKER, command: undefined },
      ...TOOLS.flatMap(({ program, command }) =>
        program === undefined ? [] : [{ name: program, command: command.name }],
      ),
    ],
    commands: MANUALS.map((manual) => toCommand(manual, rows)),
    workerOptions: fromTable(worker).map((option) =>
      LISTS_CHECKS.test(option.word) ? { ...option, value: checks } : option,
    ),
    checks,
  };
}

function toCommand(manual: Manual, rows: readonly CommandRow[]): CompletedCommand {
  const { name, words = [], options = [], table, takes = "nothing" } = manual;
  const row = rows.find((each) => each.name === name);
  const own = options.some((option) => option.name === HELP.name) ? options : [...options, HELP];
  const isWorkers = table?.kind === "worker.conf";
  return {
    name,
    names: [name, ...(row?.aliases ?? []).map((alias) => alias.name)],
    help: row?.help ?? "",
    words: words.map((each) => ({
      word: each.word,
      help: each.help,
      hasWorkerOptions: isWorkers && each.hasOptions === true,
      takes: each.takes ?? "nothing",
    })),
    options: [...own.map(fromManual), ...(table?.kind === "own" ? fromTable(table) : [])],
    hasWorkerOptions: isWorkers && words.length === 0,
    takes,
  };
}

function fromManual(option: ManualOption): CompletedOption {
  const { value, help, isAttached = false } = option;
  return {
    word: optionWord(option),
    others: [],
    help: firstSentence(help),
    value: value === undefined ? undefined : suggestFor(value),
    isJoined: isAttached,
    isRepeated: help.includes("repeated"),
  };
}

/** By the word that stands for the value in the help. */
function suggestFor(placeholder: string): Suggestion {
  if (/FILE|PAGE/.test(placeholder)) return "files";
  if (/FOLDER|DIR/.test(placeholder)) return "folders";
  return /HOST/.test(placeholder) ? "hosts" : [];
}

function fromTable(table: TableOptions | undefined): readonly CompletedOption[] {
  const groups: readonly OptionGroup[] = table?.groups ?? [];
  const isJoined = table?.kind === "worker.conf";
  return optionsOf(visibleGroups(groups)).map((option) => ({ ...fromOption(option), isJoined }));
}

function fromOption({ name, aliases = [], kind, help }: ConfigOption): Omit<CompletedOption, "isJoined"> {
  return {
    word: `--${name}=`,
    others: aliases.map((alias) => `--${alias}=`),
    help: firstSentence(help),
    value: kind.suggests ?? [],
    isRepeated: kind.isList === true,
  };
}

const MAX_HELP = 90;

function firstSentence(text: string): string {
  const [first = ""] = text.split(/\.(?:\s|$)/);
  if (first.length <= MAX_HELP) return first;
  return `${first.slice(0, MAX_HELP).replace(/\s+\S*$/, "")} …`;
}
