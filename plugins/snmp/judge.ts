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

/** What the plugin makes of one object. */
export interface Judged {
  readonly state: State;
  /** What is printed. */
  readonly shown: string;
  /** The number that is remembered for the next rate. */
  readonly number: number | undefined;
}

/** With `--rate`: the last run, if there was one, and how long ago. */
export interface RateRun {
  readonly previous: RateState | undefined;
  readonly now: number;
}

/** Rejects with what the plugin says when it gives up on an object. */
export async function judge(
  object: ReadObject,
  at: number,
  command: SnmpCommand,
  rateRun: RateRun,
  signal: AbortSignal,
): Promise<Judged> {
  const value = scaled(object, command.scale);
  const thresholds = command.thresholds?.[at] ?? {};
  if (command.rate !== undefined || thresholds.warning || thresholds.critical) {
    return judgeNumber({ object, at, value, thresholds }, command, rateRun);
  }
  const search = command.searches[at];
  const state = search === undefined ? OK : await find(search, object, value, command, signal);
  return { state, shown: value, number: undefined };
}

const MAX_PRODUCT = 99;

/** Integers and gauges are multiplied. A product that is whole and of 32 bits is printed without decimals. */
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

interface Numbered {
  readonly object: ReadObject;
  readonly at: number;
  readonly value: string;
  readonly thresholds: Thresholds;
}

function judgeNumber(
  { object, at, value, thresholds }: Numbered,
  command: SnmpCommand,
  rateRun: RateRun,
): Judged {
  const start = value.search(/[-0-9]/);
  if (start < 0) throw new CheckFailure(`No valid data returned (${value})\n`, command.nulloid);
  const number = strtod(value.slice(start)).value + command.offset;
  const format = chooseFormat(object, command);
  if (command.rate === undefined) {
    return { state: getStatus(number, thresholds), shown: sprintf(format, number), number };
  }
  if (rateRun.previous === undefined) return { state: OK, shown: value, number };
  const rate =
    readChange(number, object, rateRun.previous.values[at] ?? 0, rateRun) * command.rate.multiplier;
  return { state: getStatus(rate, thresholds), shown: sprintf(format, rate), number };
}

function chooseFormat({ kind }: ReadObject, { rate, scale }: SnmpCommand): string {
  if (kind === "integer" && scale.format !== undefined) return scale.format;
  return kind === "string" || rate !== undefined ? "%.10g" : "%.0f";
}

/** In a second. A counter that has become less is taken to have passed 32 bits, or else 64. */
function readChange(
  number: number,
  { kind }: ReadObject,
  before: number,
  { previous, now }: RateRun,
): number {
  const seconds = now - (previous?.time ?? now);
  if (seconds <= 0) throw new CheckFailure("Time duration between plugin calls is invalid", UNKNOWN);
  let change = number - before;
  if (kind === "counter" && change < 0) change += 2 ** 32;
  if (kind === "counter" && change < 0) change += 2 ** 64 - 2 ** 32;
  return change / seconds;
}

/** A text is compared with the value, an expression is looked for in all that snmpget prints behind the name. */
async function find(
  search: Search,
  { response }: ReadObject,
  value: string,
  { isInverted }: SnmpCommand,
  signal: AbortSignal,
): Promise<State> {
  const isFound = "text" in search ? search.text === value : await search.ere.finds(response, signal);
  return isFound === isInverted ? CRITICAL : OK;
}
