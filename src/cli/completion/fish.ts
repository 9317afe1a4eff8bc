import type { Operand } from "../manual/manual.ts";
import type { CompletedCommand, CompletedOption, CompletionSpec } from "./spec.ts";

/** A script for fish 3 or newer. It may be read more than once. */
export function renderFish(spec: CompletionSpec): string {
  const names = spec.programs.map(({ name }) => name);
  const tools = spec.programs.flatMap(({ name, command }) => {
    const found = spec.commands.find((each) => each.name === command);
    return found === undefined ? [] : [{ name, command: found }];
  });
  const workers = spec.programs.filter(({ command }) => command === undefined).map(({ name }) => name);
  return `# Completions of ${names.join(", ")} for fish.
# Rendered from the tables of options: npm run docs

# The command and its word before the cursor, as "config show"; run without a command.
function __omd_worker_set
    set -l given (commandline -opc)
    set -e given[1]
    switch "$given[1]"
${spec.commands.map(renderCommand).join("")}        case '*'
            echo 'run '
    end
end

function __omd_worker_in
    contains -- (__omd_worker_set) $argv
end

function __omd_worker_takes_conf
    __omd_worker_in ${confSets(spec)
      .map((set) => `'${set}'`)
      .join(" ")}
end

# The value of an option is written, in its word.
function __omd_worker_in_value
    string match -q -- '*=*' (commandline -ct)
end

function __omd_worker_has_no_word
    set -l given (commandline -opc)
    test (count $given) -eq 1
end

for program in ${names.join(" ")}
    complete -c $program -e
    complete -c $program -f
end

for program in ${workers.join(" ")}
${[
  ...spec.commands.flatMap(({ names: all, help }) =>
    all.map((name) => `complete -c $program -n __omd_worker_has_no_word -a ${name} -d ${quoted(help)}`),
  ),
  ...spec.workerOptions.flatMap((option) => optionLines("__omd_worker_takes_conf", option)),
  ...spec.commands.flatMap(renderOwn),
  ownLine(["check "], `-a ${quoted(spec.checks.join(" "))}`),
]
  .map((line) => `    ${line}\n`)
  .join("")}end

${tools.flatMap(({ name, command }) => command.options.map((option) => `complete -c ${name} ${words(option)}\n`)).join("")}`;
}

function renderCommand({ name, names, words: each }: CompletedCommand): string {
  const set = each.length === 0 ? `'${name} '` : `"${name} $given[2]"`;
  return `        case ${names.join(" ")}
            echo ${set}
`;
}

function renderOwn({ name, words: each, options, takes }: CompletedCommand): readonly string[] {
  if (each.length === 0)
    return [
      ...options.flatMap((option) => optionLines(inSets([`${name} `]), option)),
      ...operand([`${name} `], takes),
    ];
  const sets = each.map(({ word }) => `${name} ${word}`);
  return [
    ...each.map(({ word, help }) => ownLine([`${name} `], `-a ${word} -d ${quoted(help)}`)),
    ...options.flatMap((option) => optionLines(inSets(sets), option)),
    ...each.flatMap((one) => operand([`${name} ${one.word}`], one.takes)),
  ];
}

function ownLine(sets: readonly string[], rest: string): string {
  return `complete -c $program -n "${inSets(sets)}" ${rest}`;
}

function inSets(sets: readonly string[]): string {
  return `__omd_worker_in ${sets.map((set) => `'${set}'`).join(" ")}`;
}

/** Fish offers `--name`, and the value as the next word. Where that is wrong, `--name=` is offered. */
function optionLines(condition: string, option: CompletedOption): readonly string[] {
  const { word, help, isJoined } = option;
  if (!isJoined) return [`complete -c $program -n "${condition}" ${words(option)}`];
  return [
    `complete -c $program -n "${condition}; and not __omd_worker_in_value" -a ${word} -d ${quoted(help)}`,
    `complete -c $program -n "${condition}; and __omd_worker_in_value" ${words(option)}`,
  ];
}

function operand(sets: readonly string[], takes: Operand): readonly string[] {
  switch (takes) {
    case "nothing":
      return [];
    case "files":
      return [ownLine(sets, "-F")];
    case "folders":
      return [ownLine(sets, "-a '(__fish_complete_directories)'")];
    case "commands":
      return [ownLine(sets, "-a '(__fish_complete_command)'")];
    default:
      return [];
  }
}

function confSets({ commands }: CompletionSpec): readonly string[] {
  return commands.flatMap(({ name, words: each, hasWorkerOptions }) => [
    ...(hasWorkerOptions ? [`${name} `] : []),
    ...each.filter((one) => one.hasWorkerOptions).map(({ word }) => `${name} ${word}`),
  ]);
}

/** The option as `complete` is told of it. */
function words({ word, help, value }: CompletedOption): string {
  const name = word.replace(/^--?/, "").replace(/=$/, "");
  const form = word.startsWith("--") ? `-l ${name}` : `-s ${name}`;
  return [form, ...(value === undefined ? [] : [renderValue(value)]), `-d ${quoted(help)}`].join(" ");
}

function renderValue(value: Operand): string {
  switch (value) {
    case "files":
      return "-r -F";
    case "folders":
      return "-x -a '(__fish_complete_directories)'";
    case "hosts":
      return "-x -a '(__fish_print_hostnames)'";
    case "nothing":
    case "checks":
    case "commands":
      return "-x";
    default:
      return value.length === 0 ? "-x" : `-x -a ${quoted(value.join(" "))}`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
