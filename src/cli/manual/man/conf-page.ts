import { spellings } from "../../../config/find-option.ts";
import type { ConfigOption } from "../../../config/option.ts";
import { describeOption } from "../../../config/render/option-text.ts";
import type { OptionGroup } from "../../../config/table.ts";
import { optionsOf } from "../../../config/table.ts";
import { INTRODUCTION } from "../../../config/worker/introduction.ts";
import type { Roff } from "./roff.ts";
import { bold, fill, head, paragraphs, plain, section, seeAlso, subsection, term } from "./roff.ts";

/** The man page of worker.conf: every option. */
export function renderConfPage(groups: readonly OptionGroup[], version: string): Roff {
  const name = "omd-worker.conf";
  const visible = groups
    .map(({ title, options }) => ({ title, options: options.filter(({ effect }) => effect !== "none") }))
    .filter(({ options }) => options.length > 0);
  const without = optionsOf(groups).filter(({ effect }) => effect === "none");
  return [
    head({ name, section: 5, version, names: [name], summary: "configuration of omd-worker" }),
    section("Description", paragraphs([ABOUT])),
    section("Rules", renderRules()),
    section("Options", visible.map(renderGroup).join("")),
    section("Options without effect", renderWithout(without)),
    section("Files", FILES.map(([file, text]) => term(bold(plain(file)), fill(plain(text)))).join("")),
    seeAlso([
      ["omd-worker", 1],
      ["omd-worker-config", 1],
      ["omd-worker-doctor", 1],
    ]),
  ].join("");
}

const ABOUT =
  "The worker reads the worker.conf of the C and of the Go mod_gearman worker as it is, and files shared with the core module. omd-worker config sample prints a file with every option, omd-worker config check FILE says what is wrong with one.";

const FILES = [
  ["/etc/omd-worker/worker.conf", "The configuration that the Debian package's service reads."],
  ["/etc/mod-gearman/worker.conf", "The usual place of the C worker's. No file is read that is not named."],
] as const;

/** The list under the heading Rules of the documentation. */
function renderRules(): Roff {
  const [, rules = ""] = INTRODUCTION.split("## Rules\n");
  return rules
    .split(/^- /m)
    .slice(1)
    .map((rule) => `.IP \\(bu 2\n${fill(fromMarkdown(rule))}`)
    .join("");
}

function fromMarkdown(text: string): Roff {
  return text
    .split("`")
    .map((part, at) => (at % 2 === 1 ? bold(plain(part)) : plain(part).replace(/\*(\w+)\*/g, "\\fI$1\\fR")))
    .join("");
}

function renderGroup({ title, options }: OptionGroup): Roff {
  return subsection(title, options.map(renderOption).join(""));
}

function renderOption(option: ConfigOption): Roff {
  const names = spellings(option).map((name) => bold(plain(name)));
  const facts = [
    `Value: ${option.kind.name}.`,
    ...(option.effect === "full" ? [`Reload: ${option.reload}.`] : []),
    ...(option.variable === undefined ? [] : [`Also set by the environment variable ${option.variable}.`]),
  ].join(" ");
  return term(names.join(", "), `${fill(plain(describeOption(option)))}.br\n${fill(plain(facts))}`);
}

function renderWithout(options: readonly ConfigOption[]): Roff {
  const names = options.map(({ name }) => `\\%${bold(plain(name))}`).join(", ");
  return fill(
    `${plain("They are understood, so that one file can serve all workers and the core module:")} ${names}.`,
  );
}
