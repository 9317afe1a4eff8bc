import { toByteString, trim } from "../../byte-string.ts";
import { type OptionFinder, spellings } from "../find-option.ts";
import type { Machine } from "../machine.ts";
import type { ConfigOption } from "../option.ts";
import { error, type Problem, type Remark, warning } from "../problem.ts";
import { type Variables, variableName } from "../variables.ts";
import { type ConfigEntry, readEntry } from "./entry.ts";

/** What the environment says. */
export interface VariableEntries {
  /** The files that it names, for a command line that names none. */
  readonly files: readonly ConfigEntry[];
  readonly values: readonly ConfigEntry[];
}

export interface VariableReader {
  readonly variables: Variables;
  readonly options: readonly ConfigOption[];
  readonly finder: Pick<OptionFinder, "nearest">;
  readonly machine: Pick<Machine, "env">;
  readonly report: (problem: Problem) => void;
}

interface Known {
  readonly option: ConfigOption;
  readonly spelling: string;
}

/** An empty variable is one that is not set: templates leave such behind. */
export function readVariables(reader: VariableReader): VariableEntries {
  const { variables, options, machine, report } = reader;
  const known = knownNames(variables.prefix, options);
  const given = new Map<ConfigOption, string>();
  const files: ConfigEntry[] = [];
  const values: ConfigEntry[] = [];
  for (const [name, text = ""] of Object.entries(machine.env).sort()) {
    if (!name.startsWith(variables.prefix) || trim(toByteString(text)) === "") continue;
    const say = (remark: Remark) => report({ ...remark, file: name });
    const found = known.get(name);
    if (found === undefined) {
      const remark = unknownVariable(name, reader);
      if (remark !== undefined) say(remark);
      continue;
    }
    const { option } = found;
    const before = given.get(option);
    if (before !== undefined && !isRepeatable(option))
      say(warning(`${option.name} was given in ${before}, too; this one counts`, "remove one of them"));
    given.set(option, name);
    const entries = readText(name, text, found, say);
    (option.effect === "include" ? files : values).push(...entries);
  }
  return { files, values };
}

function knownNames(prefix: string, options: readonly ConfigOption[]): ReadonlyMap<string, Known> {
  return new Map(
    options.flatMap((option) =>
      spellings(option).map((spelling) => [variableName(prefix, spelling), { option, spelling }] as const),
    ),
  );
}

function isRepeatable({ kind, effect }: ConfigOption): boolean {
  return kind.isList === true || effect === "include";
}

/** Each line is a value where there may be several, as each line of a file is. */
function readText(
  name: string,
  text: string,
  { option, spelling }: Known,
  say: (remark: Remark) => void,
): readonly ConfigEntry[] {
  const lines = trim(toByteString(text))
    .split("\n")
    .map(trim)
    .filter((line) => line !== "");
  if (lines.length > 1 && !isRepeatable(option)) {
    say(error(`${spelling} has one value, and these are ${lines.length} lines`));
    return [];
  }
  return lines.map((line, index) =>
    readEntry(`${spelling}=${line}`, { file: name, ...(lines.length > 1 && { line: index + 1 }) }),
  );
}

/**
 * Kubernetes sets such variables for each Service of the namespace: OMD_WORKER_SERVICE_HOST and
 * OMD_WORKER_PORT_9050_TCP_ADDR for one that is called omd-worker.
 */
const SERVICE_LINK =
  /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** Undefined: it is none of ours to judge. The value is not repeated, as it may be a secret. */
function unknownVariable(name: string, { variables, finder }: VariableReader): Remark | undefined {
  const { prefix, others } = variables;
  const isOfAnother = others.some((row) =>
    spellings(row).some((spelling) => variableName(prefix, spelling) === name),
  );
  if (isOfAnother || SERVICE_LINK.test(name)) return undefined;
  const key = name.slice(prefix.length).toLowerCase().replaceAll("_", "-");
  const spelling = finder.nearest(key);
  const hint = spelling === undefined ? undefined : `did you mean ${variableName(prefix, spelling)}?`;
  return warning(`there is no option ${key.replaceAll("-", "_")}`, hint);
}
