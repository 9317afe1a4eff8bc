import { describeOption, visibleGroups } from "../../../config/render/option-text.ts";
import type { OptionGroup } from "../../../config/table.ts";
import type { CommandRow } from "../../command.ts";
import type { Manual } from "../manual.ts";
import { optionHead } from "../manual.ts";
import { usageLines } from "../render/help.ts";
import type { Roff } from "./roff.ts";
import { bold, fill, head, paragraphs, plain, section, seeAlso, subsection, term, verbatim } from "./roff.ts";

export interface CommandPage {
  /** The page's name: `omd-worker-send`. */
  readonly name: string;
  readonly manual: Manual;
  readonly row: CommandRow;
  /** Its name in mod_gearman. */
  readonly program: string | undefined;
  readonly version: string;
  /** The commands that the page of the program itself lists. */
  readonly commands: readonly CommandRow[];
}

/** The man page of a command, or of the program itself. */
export function renderCommandPage({ name, manual, row, program, version, commands }: CommandPage): Roff {
  const names = [name, ...(program === undefined ? [] : [program])];
  return [
    head({ name, section: 1, version, names, summary: row.help }),
    section("Synopsis", verbatim(usageLines(manual, row))),
    section("Description", paragraphs(manual.description)),
    section("Commands", renderWords(manual) + commands.map(renderRow).join("")),
    section("Options", renderOptions(manual)),
    ...(manual.sections ?? []).map(({ title, terms }) =>
      section(title, terms.map(([word, text]) => term(bold(plain(word)), fill(plain(text)))).join("")),
    ),
    section("Exit status", manual.exitCodes.map(renderCode).join("")),
    section("Examples", renderExamples(manual)),
    seeAlso([...(commands.length > 0 ? [] : [["omd-worker", 1] as const]), ["omd-worker.conf", 5]]),
  ].join("");
}

function renderWords({ words = [] }: Manual): Roff {
  return words
    .map(({ word, usage = "", help }) =>
      term(`${bold(plain(word))} ${plain(usage)}`.trimEnd(), fill(plain(help))),
    )
    .join("");
}

function renderRow({ name, usage, help }: CommandRow): Roff {
  const [, ...rest] = usage.split(" ");
  const text = `${plain(help)}: ${bold(plain(`omd-worker-${name}`))}(1)`;
  return term(`${bold(plain(name))} ${plain(rest.join(" "))}`.trimEnd(), fill(text));
}

function renderOptions({ options = [], table }: Manual): Roff {
  const own = options
    .map((option) => term(bold(plain(optionHead(option))), fill(plain(option.help))))
    .join("");
  switch (table?.kind) {
    case undefined:
      return own;
    case "worker.conf":
      return own + term(`${bold("OPTION=VALUE")}, ${bold("\\-\\-OPTION=VALUE")}`, fill(CONF));
    case "own":
      return own + visibleGroups(table.groups).map(renderGroup).join("");
  }
}

const CONF = `Every option of ${bold("omd\\-worker.conf")}(5), as in a file; ${bold("\\-\\-config=FILE")} reads one.`;

function renderGroup({ title, options }: OptionGroup): Roff {
  const terms = options.map((option) => {
    const value = option.kind.bare === undefined ? `=<${option.kind.name}>` : `[=<${option.kind.name}>]`;
    return term(`${bold(plain(`--${option.name}`))}${plain(value)}`, fill(plain(describeOption(option))));
  });
  return subsection(title, terms.join(""));
}

function renderCode([code, meaning]: readonly [string, string]): Roff {
  return term(bold(plain(code)), fill(plain(meaning)));
}

function renderExamples({ examples }: Manual): Roff {
  return examples
    .map(({ line, does }, at) => {
      const told = does === undefined ? "" : fill(plain(does.endsWith("?") ? does : `${does}:`));
      return `${at === 0 ? "" : ".PP\n"}${told}${verbatim([`    ${line}`])}`;
    })
    .join("");
}
