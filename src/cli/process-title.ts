import { SECRET_VARIABLES, VARIABLE_PREFIX } from "../config/variables.ts";

/**
 * What `ps` and `pgrep` show in place of node: the program's name, and its words with the key masked. The
 * kernel keeps 15 bytes of the name, as it does of the C worker's.
 */
export function nameProcess(name: string, argv: readonly string[]): void {
  process.title = [name, ...argv.map((word, at) => maskKey(word, argv[at - 1]))].join(" ");
  try {
    // `process.title` has set it to the first bytes of the whole.
    process.getBuiltinModule("node:fs").writeFileSync("/proc/self/comm", name);
  } catch {
    // No /proc: the name is not of importance to the worker.
  }
}

/** `key`, `accepted_key`, also with `-` in place of `_`. */
const SECRETS = SECRET_VARIABLES.map((name) =>
  name.slice(VARIABLE_PREFIX.length).replaceAll("_", "[-_]"),
).join("|");
const SECRET_WORD = new RegExp(`^--?(?:${SECRETS})$`, "i");
const SECRET_VALUE = new RegExp(`^([\\s-]*(?:${SECRETS})\\s*=).*`, "is");

/** `--key=KEY`, and `--key KEY` as tools have it. */
function maskKey(word: string, previous: string | undefined): string {
  if (SECRET_WORD.test(previous ?? "")) return "***";
  return word.replace(SECRET_VALUE, "$1***");
}
