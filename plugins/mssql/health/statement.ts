import { CheckDeclined, CRITICAL, OK, UNKNOWN } from "../../../sdk/index.ts";
import { renderNumber } from "../client/answer.ts";
import { lowerCase, matches, readPattern, toFixed, toInteger, toNumber } from "../glplugin/perl.ts";
import type { ModeContext, Values } from "./context.ts";
import type { HealthRequest } from "./request.ts";

/** The plugin shows the values of all sets of rows of a procedure, and of other statements the first row. */
const IS_PROCEDURE = /^\s*(?:exec |sp_)|^\s*exec sp/im;

export function acceptsStatement({ name, name2, regexp }: HealthRequest): boolean {
  if (!name || name2 === "0") return false;
  if (!regexp) return true;
  return name2 !== undefined && readPattern(name2.replace(/^!/, ""), "") !== undefined;
}

async function askStatement({ request, questions }: ModeContext): Promise<Values> {
  const sql = request.name ?? "";
  const sets = await questions.sets(sql);
  if (sets.length === 0) throw new CheckDeclined("a statement without rows");
  return (IS_PROCEDURE.test(sql) ? sets.flat(2) : sets[0]?.[0]) ?? [];
}

export async function sql(context: ModeContext): Promise<void> {
  const row = await askStatement(context);
  if (context.request.regexp) judgeText(row, context);
  else judgeNumbers(row, context);
}

function judgeText([value]: Values, { request, result }: ModeContext): void {
  const { name, name2 = "" } = request;
  const text = typeof value === "number" ? renderNumber(value) : value;
  if (text === undefined || text === null) {
    result.add(UNKNOWN, `got no valid response for ${name}`);
    return;
  }
  const isNegated = name2.startsWith("!");
  const shown = name2.replace(/^!/, "");
  const pattern = readPattern(shown, "");
  if (pattern === undefined) throw new CheckDeclined("a pattern that only Perl reads");
  const isMatch = matches(pattern, text);
  const verb = isMatch ? "matches" : "does not match";
  result.add(isMatch === isNegated ? CRITICAL : OK, `output ${text} ${verb} pattern ${shown}`);
}

function judgeNumbers(row: Values, { request, result }: ModeContext): void {
  const { name = "", name2 = name, units = "" } = request;
  if (row.length === 0) {
    result.add(UNKNOWN, `got no valid response for ${name}`);
    return;
  }
  const values = row.map(requireNumber);
  const shown = values.map(asWritten);
  result.thresholds.set({ warning: "1", critical: "5" });
  const state = result.thresholds.check(toNumber(values[0] ?? ""));
  result.add(state, `${lowerCase(name2)}: ${shown.join(" ")}${units}`);
  const labels = splitLabels(name2);
  shown.forEach((value, at) => {
    result.addPerfdata({ label: lowerCase(labels[at] || name), value, unit: units });
  });
}

/** Perl would complain on stderr about any other text. */
function requireNumber(value: string | number | null): string | number {
  const text = typeof value === "number" ? renderNumber(value) : value;
  if (value === null || text === null || !/^-?\d+(?:\.\d+)?$/.test(text))
    throw new CheckDeclined("a value that is no number");
  return value;
}

function asWritten(value: string | number): string {
  const text = String(value);
  return toInteger(text) === text ? text : toFixed(value, 6);
}

/** `split` of Perl keeps what is empty at the begin only. A label may be `0`, which is false there. */
function splitLabels(text: string): readonly (string | undefined)[] {
  return text.split(/\s+/).map((label) => (label === "0" ? undefined : label));
}

export async function sqlRuntime(context: ModeContext): Promise<void> {
  const { request, result, seconds } = context;
  const begin = seconds();
  await askStatement(context);
  const runtime = Math.max(0, seconds() - begin);
  result.thresholds.set({ warning: "1", critical: "5" });
  const text = `${toFixed(runtime, 2)} seconds to execute ${request.name2 || request.name}`;
  result.add(result.thresholds.check(runtime), text);
  result.addPerfdata({ label: "sql_runtime", value: runtime, unit: "s" });
}
