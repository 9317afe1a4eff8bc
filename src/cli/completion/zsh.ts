import type { Operand } from "../manual/manual.ts";
import type { CompletedCommand, CompletedOption, CompletionSpec } from "./spec.ts";

/** A function for zsh, found by its file's name, `_omd-worker`, in one of the folders of fpath. */
export function renderZsh(spec: CompletionSpec): string {
  const names = spec.programs.map(({ name }) => name).join(" ");
  return `#compdef ${names}
# Completions of ${spec.programs.map(({ name }) => name).join(", ")} for zsh.
# Rendered from the tables of options: npm run docs

_omd_worker_checks() {
  local -a checks=(${spec.checks.join(" ")})
  _alternative "checks:check:(\${checks})" 'commands:command:_command_names -e' 'files:file:_files'
}

# The options of worker.conf.
_omd_worker_conf() {
  reply=(
${spec.workerOptions.map((option) => `    ${argument(option)}\n`).join("")}  )
}

# COMMAND, with the words from there on
_omd_worker_at() {
  local -a reply=() own=() first=()
  local word=''
  case $1 in
${spec.commands.map(renderWords).join("")}  esac
  if (( \${#first} )); then
    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
      _describe -t words word first
      return
    fi
    word=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case "$1 $word" in
    ${confSets(spec).join(" | ")}) _omd_worker_conf ;;
  esac
  case "$1 $word" in
${renderOwn(spec)}  esac
}

_omd_worker() {
  local -a known=(
${spec.commands
  .flatMap(({ names: all, help }) => all.map((name) => `    ${quoted(`${name}:${help}`)}\n`))
  .join("")}  )
  case $service in
${spec.programs
  .flatMap(({ name, command }) =>
    command === undefined ? [] : [`    ${name}) _omd_worker_at ${command}; return ;;\n`],
  )
  .join("")}  esac
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe -t commands command known
    return
  fi
  case $words[2] in
${spec.commands.map(({ name, names: all }) => `    ${all.join(" | ")}) shift words; (( CURRENT-- )); _omd_worker_at ${name} ;;\n`).join("")}    *) _omd_worker_at run ;;
  esac
}

_omd_worker "$@"
`;
}

function renderWords({ name, words }: CompletedCommand): string {
  if (words.length === 0) return "";
  const all = words.map(({ word, help }) => quoted(`${word}:${help}`));
  return `    ${name}) first=(${all.join(" ")}) ;;\n`;
}

function confSets({ commands }: CompletionSpec): readonly string[] {
  return commands.flatMap(({ name, words, hasWorkerOptions }) => [
    ...(hasWorkerOptions ? [`'${name} '`] : []),
    ...words.filter((each) => each.hasWorkerOptions).map(({ word }) => `'${name} ${word}'`),
  ]);
}

function renderOwn({ commands }: CompletionSpec): string {
  return commands
    .flatMap(({ name, words, options, takes }) =>
      words.length === 0
        ? [ownSet(`${name} `, options, takes)]
        : words.map((each) => ownSet(`${name} ${each.word}`, options, each.takes)),
    )
    .join("");
}

function ownSet(set: string, options: readonly CompletedOption[], takes: Operand): string {
  const own = options.map((option) => `        ${argument(option)}\n`).join("");
  return `    '${set}')
      own=(
${own}      )
      _arguments -s -S${takes === "checks" ? " -A '-*'" : ""} : $own $reply${operand(takes)}
      ;;
`;
}

function operand(takes: Operand): string {
  switch (takes) {
    case "nothing":
      return "";
    case "commands":
      return " '(-)1: : _command_names -e' '*::arguments: _normal'";
    case "checks":
      return " '1: : _omd_worker_checks' '*:file:_files'";
    default:
      return ` ${quoted(`*:${actionOf(takes)}`)}`;
  }
}

/** An option as `_arguments` reads it. */
function argument({ word, help, value, isRepeated }: CompletedOption): string {
  const star = isRepeated ? "*" : "";
  const description = help.replaceAll(/[\\[\]:]/g, "\\$&");
  if (value === undefined) return quoted(`${star}${word}[${description}]`);
  const form = word.endsWith("=") ? `${word}-` : `${word}${word.length === 2 ? "+" : ""}`;
  return quoted(`${star}${form}[${description}]:${actionOf(value)}`);
}

function actionOf(value: Operand): string {
  switch (value) {
    case "files":
      return "file:_files";
    case "folders":
      return "folder:_files -/";
    case "hosts":
      return "host:_hosts";
    case "nothing":
    case "checks":
    case "commands":
      return "value:";
    default:
      return value.length === 0 ? "value:" : `value:(${value.join(" ")})`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
