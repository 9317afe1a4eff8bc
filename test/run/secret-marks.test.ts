import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import type { OptionRow } from "../../sdk/option.ts";
import { isSecret } from "../../sdk/words/secret.ts";
import { maskLine } from "../../src/run/secrets.ts";
import { createShelf } from "../../src/run/shelf.ts";
import { findAnyPlugin, findPlugin } from "../plugins/core/real-plugins.ts";

/** Words of an option's line that mean a secret. */
const TELLING = /passw|authpass|communit|authoriz|cookie|--headers?\b|secret|token|credential/i;
/** What these take is the name of a file or a pattern for what a server sends. */
const NO_VALUE = /--(?:cookie-jar|header-string)/;

it("every option that is called a secret is marked, also where it is left to the plugin", () => {
  const rows = BUILTIN_CHECKS.flatMap(({ rows: all = [] }) => all);
  const named = rows.filter(({ longs, shorts }) => longs.length + shorts.length > 0);
  const telling = named.filter(
    ({ text, help, value }) => value !== "none" && TELLING.test(`${text} ${help}`) && !NO_VALUE.test(text),
  );
  expect(telling.length).toBeGreaterThan(10);
  expect(telling.filter((row) => !isSecret(row))).toEqual([]);
});

it("every option that an installed plugin's own help calls a secret is masked, long or short", async () => {
  const shown: string[] = [];
  for (const { name } of BUILTIN_CHECKS) {
    for (const option of await readSecretOptions(name))
      shown.push(maskLine(`${name} ${option} 1x2y`, createShelf(BUILTIN_CHECKS).find).line);
  }
  expect(shown.length).toBeGreaterThan(findPlugin("check_pgsql") === undefined ? -1 : 20);
  expect(shown.filter((line) => !line.endsWith("***"))).toEqual([]);
});

it("docs/secrets.md has all marks", () => {
  const document = readFileSync(join(import.meta.dirname, "../../docs/secrets.md"), "utf8");
  const [table] = /^\| check \|.*?(?=\n\n)/ms.exec(document) ?? [];
  expect(table).toBe(renderMarks());
});

/** Options with a value, of the plugin's `--help`, whose line means a secret: `-p` and `--password`. */
async function readSecretOptions(name: string): Promise<readonly string[]> {
  const plugin = findAnyPlugin(name);
  if (plugin === undefined) return [];
  const { stdout } = await promisify(execFile)(plugin, ["--help"]).catch(
    (error: { stdout: string }) => error,
  );
  const lines = stdout.split("\n").filter((line) => /^ *-[-\w]+.*[= ]<?[A-Z[a-z]/.test(line));
  return lines
    .filter((line) => TELLING.test(line) && /=/.test(line) && !NO_VALUE.test(line))
    .flatMap((line) => line.match(/(?<![\w-])--?[A-Za-z][\w-]*/g) ?? []);
}

/** The marks of all checks, those of a family in one line. */
function renderMarks(): string {
  const checksOf = new Map<string, string[]>();
  for (const { name, rows = [] } of BUILTIN_CHECKS) {
    const marked = rows.filter((row) => row.value === "required" && isSecret(row)).map(renderSpelling);
    if (marked.length > 0)
      checksOf.set(marked.join(", "), [...(checksOf.get(marked.join(", ")) ?? []), name]);
  }
  const lines = [...checksOf].map(([marks, names]) => `| ${names.join(", ")} | ${marks} |`);
  return ["| check | marked |", "|---|---|", ...lines].join("\n");
}

function renderSpelling({ text: spelling, longs, shorts }: OptionRow): string {
  return longs.length + shorts.length === 0 ? "all other words" : `\`${spelling.replace(/=.*/, "")}\``;
}
