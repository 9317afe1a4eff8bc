import type { Operand } from "../manual/manual.ts";
import type { CompletedOption, CompletionSpec } from "./spec.ts";

/**
 * A script for bash 4.4 or newer. It needs no bash-completion. Bash splits words at `=`, so the line itself
 * is read, and only what follows the last `=` is put in.
 */
export function renderBash(spec: CompletionSpec): string {
  const names = spec.programs.map(({ name }) => name);
  return `# Completions of ${names.join(", ")} for bash.
# Rendered from the tables of options: npm run docs

# PROGRAM FIRST-WORD → the command, or nothing
_omd_worker_command() {
  case \${1##*/} in
${spec.programs.flatMap(({ name, command }) => (command === undefined ? [] : [entry(name, command)])).join("")}    *)
      case $2 in
${spec.commands.map(({ name, names: all }) => `        ${all.join(" | ")}) echo ${name} ;;\n`).join("")}      esac
      ;;
  esac
}

# COMMAND → the words one of which comes first
_omd_worker_words() {
  case $1 in
${entry("''", spec.commands.flatMap(({ names: all }) => all).join(" "))}${spec.commands
  .filter(({ words }) => words.length > 0)
  .map(({ name, words }) => entry(name, words.map(({ word }) => word).join(" ")))
  .join("")}  esac
}

# "COMMAND WORD" → its options; one that ends in = has its value in the same word
_omd_worker_options() {
  case $1 in
${renderOptionSets(spec)}  esac
}

# COMMAND OPTION → what its value may be; fails if it has none
_omd_worker_value() {
  case "$1 $2" in
${spec.commands.map(({ name, options }) => renderValues(options, `${name} `)).join("")}    ${workerCommands(
    spec,
  )
    .map((name) => `${name}\\ *`)
    .join(" | ")}) _omd_worker_conf_value "$2" ;;
    *) return 1 ;;
  esac
}

# OPTION of worker.conf → what its value may be
_omd_worker_conf_value() {
  case $1 in
${renderValues(spec.workerOptions, "")}    *) return 1 ;;
  esac
}

# "COMMAND WORD" → what its other words may be
_omd_worker_operand() {
  case $1 in
${renderOperands(spec)}  esac
}

# KIND CURRENT → COMPREPLY
_omd_worker_offer() {
  local current=$2
  case $1 in
    @files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    @folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    @hosts) mapfile -t COMPREPLY < <(compgen -A hostname -- "$current") ;;
    @commands) mapfile -t COMPREPLY < <(compgen -c -- "$current"; compgen -f -- "$current") ;;
    @checks) mapfile -t COMPREPLY < <(compgen -W '${spec.checks.join(" ")}' -- "$current"; compgen -f -- "$current") ;;
    @nothing) ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current") ;;
  esac
}

${BODY}
complete -F _omd_worker ${names.join(" ")}
`;
}

const BODY = `_omd_worker() {
  local line=\${COMP_LINE:0:COMP_POINT} current='' command set word value key typed at=1 i
  local -a words
  COMPREPLY=()
  read -ra words <<<"$line"
  if [[ $line != *[[:blank:]] ]]; then
    current=\${words[-1]}
    unset 'words[-1]'
  fi
  command=$(_omd_worker_command "\${words[0]}" "\${words[1]-}")
  if [[ -z $command ]]; then
    if ((\${#words[@]} == 1)) && [[ $current != -* && $current != *=* ]]; then
      _omd_worker_offer "$(_omd_worker_words '')" "$current"
      return
    fi
    command=run
  elif [[ -z $(_omd_worker_command "\${words[0]}" '') ]]; then
    at=2
  fi
  set=$command
  if [[ -n $(_omd_worker_words "$command") ]]; then
    if ((\${#words[@]} <= at)) && [[ $current != -* ]]; then
      _omd_worker_offer "$(_omd_worker_words "$command")" "$current"
      return
    fi
    set="$command \${words[at]-}"
    at=$((at + 1))
  fi
  # Another command begins after --, and at the first word of check.
  for ((i = at; i < \${#words[@]}; i++)); do
    word=\${words[i]}
    if [[ $word == -- || ($command == check && $word != -*) ]]; then
      if [[ $word == -- ]] && ((i == \${#words[@]} - 1)); then
        _omd_worker_offer "$(_omd_worker_operand "$set")" "$current"
      else
        _omd_worker_offer @files "$current"
      fi
      return
    fi
  done
  # The value of an option, in the same word or in the next one.
  if [[ $current == *=* ]]; then
    typed=\${current%%=*}=
    key=\${current%%=*}
    current=\${current#*=}
    [[ \${key//-/} == ? ]] || { key=--\${key#"\${key%%[!-]*}"}; key=\${key//_/-}; key=\${key,,}; }
    value=$(_omd_worker_value "$command" "$key=") || return
    _omd_worker_offer "$value" "$current"
    [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("\${COMPREPLY[@]/#/$typed}")
    return
  fi
  if ((\${#words[@]} > at)) && value=$(_omd_worker_value "$command" "\${words[-1]}"); then
    _omd_worker_offer "$value" "$current"
    return
  fi
  if [[ $current == -* ]]; then
    _omd_worker_offer "$(_omd_worker_options "$set")" "$current"
    [[ \${#COMPREPLY[@]} -ne 1 || \${COMPREPLY[0]} != *= ]] || compopt -o nospace
    return
  fi
  value=$(_omd_worker_operand "$set")
  [[ $value != @commands ]] || value=--
  _omd_worker_offer "$value" "$current"
}
`;

function renderOptionSets(spec: CompletionSpec): string {
  const sets = spec.commands.flatMap(({ name, words, options, hasWorkerOptions }) => {
    const own = options.map(({ word }) => word).join(" ");
    return words.length === 0
      ? [optionSet(name, own, hasWorkerOptions)]
      : words.map((each) => optionSet(`${name} ${each.word}`, own, each.hasWorkerOptions));
  });
  return [...sets, entry("worker.conf", spec.workerOptions.map(({ word }) => word).join(" "))].join("");
}

function optionSet(name: string, own: string, hasWorkerOptions: boolean): string {
  const more = hasWorkerOptions ? " && _omd_worker_options worker.conf" : "";
  return `    '${name}') printf '%s\\n' '${own}'${more} ;;\n`;
}

/** An arm for each kind of value, with all options that have it. */
function renderValues(options: readonly CompletedOption[], prefix: string): string {
  const arms = Map.groupBy(
    options.filter(({ value }) => value !== undefined),
    ({ value = [] }) => kindOf(value),
  );
  return [...arms]
    .map(([kind, all]) => {
      const words = all.flatMap(({ word, others }) => [word, ...others]).map(alike);
      return `    ${words.map((word) => `'${prefix}${word}'`).join(" | ")}) echo '${kind}' ;;\n`;
    })
    .join("");
}

/** As `_omd_worker` writes a key: small letters, `-` in place of `_`. */
function alike(word: string): string {
  return word.startsWith("--") ? word.replaceAll("_", "-").toLowerCase() : word;
}

function kindOf(value: Operand): string {
  if (typeof value === "string") return `@${value}`;
  return value.length === 0 ? "@nothing" : value.join(" ");
}

function renderOperands({ commands }: CompletionSpec): string {
  const operands = commands.flatMap(({ name, words, takes }) =>
    words.length === 0
      ? [[name, takes] as const]
      : words.map((each) => [`${name} ${each.word}`, each.takes] as const),
  );
  return operands
    .filter(([, takes]) => takes !== "nothing")
    .map(([set, takes]) => entry(`'${set}'`, kindOf(takes)))
    .join("");
}

function workerCommands({ commands }: CompletionSpec): readonly string[] {
  return commands
    .filter(({ hasWorkerOptions, words }) => hasWorkerOptions || words.some((each) => each.hasWorkerOptions))
    .map(({ name }) => name);
}

function entry(pattern: string, words: string): string {
  return `    ${pattern}) printf '%s\\n' '${words}' ;;\n`;
}
