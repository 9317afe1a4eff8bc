import { renderOptions, renderToolOptions } from "../../../config/render/help.ts";
import { wrap } from "../../../config/render/wrap.ts";
import type { CommandRow } from "../../command.ts";
import type { Manual } from "../manual.ts";
import { optionHead } from "../manual.ts";

const WIDTH = 100;

const INDENT = "  ";

/** A longer term has a line of its own. */
const MAX_TERM = 22;

type Term = readonly [term: string, text: string];

/** What `--help` of a command shows. */
export function renderCommandHelp(manual: Manual, row: CommandRow): string {
  return [
    `${renderUsage(manual, row)}${renderDescription(manual)}`,
    ...renderOwnOptions(manual),
    ...renderSections(manual),
    ...renderEnd(manual),
    ...(manual.table?.kind === "own" ? [`${renderToolOptions(manual.table.groups)}\n`] : []),
  ].join("\n");
}

/** What `--help` of the worker shows: all commands, and the options of worker.conf. */
export function renderProgramHelp(program: string, manual: Manual, rows: readonly CommandRow[]): string {
  const aliases = rows.flatMap((row) => row.aliases ?? []);
  const commands = [...rows, ...aliases].map(({ usage, help }) => `  ${program} ${usage}\n      ${help}\n`);
  const more = `${program} COMMAND --help says more of each.\n`;
  return [
    `Usage:\n${commands.join("")}${more}`,
    ...renderSections(manual),
    ...renderEnd(manual),
    renderOptions(manual.table?.groups ?? []),
  ].join("\n");
}

/** The ways to call a command, as lines. */
export function renderUsage(manual: Manual, row: CommandRow): string {
  return usageLines(manual, row)
    .map((line, at) => `${at === 0 ? "usage: " : "       "}${line}\n`)
    .join("");
}

export function usageLines({ usage }: Manual, row: CommandRow): readonly string[] {
  return usage ?? [`omd-worker ${row.usage}`];
}

function renderDescription({ description }: Manual): string {
  return description
    .flatMap((text) => wrap(text, WIDTH - INDENT.length))
    .map((line) => `${INDENT}${line}\n`)
    .join("");
}

function renderOwnOptions({ words = [], options = [], table }: Manual): readonly string[] {
  const lines = words.map(({ word, usage, help }): Term => [joined(word, usage), help]);
  const own = options.map((option): Term => [optionHead(option), option.help]);
  const others =
    table?.kind === "worker.conf"
      ? `${INDENT}Options are ${own.length > 0 ? "also " : ""}those of worker.conf: omd-worker --help\n`
      : "";
  const texts = [
    ...(lines.length > 0 ? [renderTerms(lines)] : []),
    ...(own.length > 0 || others !== "" ? [`${own.length > 0 ? renderTerms(own) : ""}${others}`] : []),
  ];
  return texts;
}

function joined(word: string, usage: string | undefined): string {
  return usage === undefined ? word : `${word} ${usage}`;
}

function renderSections({ sections = [] }: Manual): readonly string[] {
  return sections.map(({ title, terms }) => `${title}:\n${renderTerms(terms)}`);
}

function renderEnd({ examples, exitCodes }: Manual): readonly string[] {
  const lines = examples.map(
    ({ line, does }) => `${does === undefined ? "" : `${INDENT}# ${does}\n`}${INDENT}${line}\n`,
  );
  return [`Examples:\n${lines.join("")}`, `Exit codes:\n${renderTerms(exitCodes)}`];
}

/** Two columns; a text of several lines stays in its own. */
function renderTerms(terms: readonly Term[]): string {
  const short = terms.map(([term]) => term.length).filter((length) => length <= MAX_TERM);
  const width = Math.max(4, ...short) + INDENT.length;
  const indent = " ".repeat(INDENT.length + width);
  return terms
    .map(([term, text]) => {
      const lines = wrap(text, WIDTH - indent.length).join(`\n${indent}`);
      return term.length > MAX_TERM
        ? `${INDENT}${term}\n${indent}${lines}\n`
        : `${INDENT}${term.padEnd(width)}${lines}\n`;
    })
    .join("");
}
