import {
  CheckFailure,
  CRITICAL,
  getStatus,
  OK,
  type State,
  type Thresholds,
  UNKNOWN,
} from "../../sdk/index.ts";
import { strtod } from "../libc/number.ts";
import { sprintf } from "../libc/printf.ts";
import type { Scale, Search, SnmpCommand } from "./command.ts";
import type { ReadObject } from "./objects.ts";
import type { RateState } from "./rate-state.ts";

/** The state of one object, and what is printed for it. */
export interface Judged {
  readonly state: State;
  /** The text that is printed. */
  readonly shown: string;
  /** The number that is kept for the next rate. */
  readonly number: number | undefined;
}

/**
 * For `--rate`: the state of the last run, if there was one, and the time of this run in seconds since 1970.
 */
export interface RateRun {
  readonly previous: RateState | undefined;
  readonly now: number;
}

/** An object, and what it is judged by. */
export interface JudgeInput {
  readonly object: ReadObject;
  /** The object's position among those of the command line. */
  readonly at: number;
  readonly command: SnmpCommand;
  readonly rateRun: RateRun;
}

/** Rejects with a CheckFailure in the plugin's words where the plugin gives up on an object. */
export async function judge(subject: JudgeInput, signal: AbortSignal): Promise<Judged> {
  const { object, at, command } = subject;
  const value = scaled(object, command.scale);
  const thresholds = command.thresholds?.[at] ?? {};
  if (command.rate !== undefined || thresholds.warning || thresholds.critical) {
    return judgeNumber(subject, value, thresholds);
  }
  const search = command.searches[at];
  const isOk =
    search === undefined || (await finds(search, { object, value }, signal)) !== command.isInverted;
  return { state: isOk ? OK : CRITICAL, shown: value, number: undefined };
}

const MAX_PRODUCT = 99;

/** Integers and gauges are multiplied. A whole product of 32 bits is printed without decimals. */
function scaled({ kind, value }: ReadObject, { multiplier, format = "%f" }: Scale): string {
  if (multiplier === 1 || (kind !== "gauge" && kind !== "integer")) return value;
  const { value: number, rest } = strtod(value);
  if (rest === value) {
    const text = sprintf("multiplier set (%.1f), but input is not a number: %s", multiplier, value);
    throw new CheckFailure(text, UNKNOWN);
  }
  const product = number * multiplier;
  const isWhole = Number.isInteger(product) && product >= -(2 ** 31) && product < 2 ** 31;
  return sprintf(isWhole ? "%.0f" : format, product).slice(0, MAX_PRODUCT);
}

function judgeNumber(
  { object, at, command, rateRun }: JudgeInput,
  value: string,
  thresholds: Thresholds,
): Judged {
  const start = value.search(/[-0-9]/);
  if (start < 0) throw new CheckFailure(`No valid data returned (${value})\n`, command.nulloid);
  const number = strtod(value.slice(start)).value + command.offset;
  const format = chooseFormat(object, command);
  if (command.rate === undefined) {
    return { state: getStatus(number, thresholds), shown: sprintf(format, number), number };
  }
  if (rateRun.previous === undefined) return { state: OK, shown: value, number };
  const { time, values } = rateRun.previous;
  const change = changeOf(object, values[at] ?? 0, number);
  const rate = (change / secondsBetween(time, rateRun.now)) * command.rate.multiplier;
  return { state: getStatus(rate, thresholds), shown: sprintf(format, rate), number };
}

function chooseFormat({ kind }: ReadObject, { rate, scale }: SnmpCommand): string {
  if (kind === "integer" && scale.format !== undefined) return scale.format;
  return kind === "string" || rate !== undefined ? "%.10g" : "%.0f";
}

/** A counter that has become less is taken to have passed 32 bits, or else 64. */
function changeOf({ kind }: ReadObject, before: number, number: number): number {
  let change = number - before;
  if (kind === "counter" && change < 0) change += 2 ** 32;
  if (kind === "counter" && change < 0) change += 2 ** 64 - 2 ** 32;
  return change;
}

function secondsBetween(previous: number, now: number): number {
  if (now <= previous) throw new CheckFailure("Time duration between plugin calls is invalid", UNKNOWN);
  return now - previous;
}

/** A text is compared with the value. An expression is searched in all that snmpget prints after the name. */
async function finds(
  search: Search,
  { object, value }: { readonly object: ReadObject; readonly value: string },
  signal: AbortSignal,
): Promise<boolean> {
  return "text" in search ? search.text === value : await search.ere.finds(object.response, signal);
}
