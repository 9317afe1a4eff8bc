import type { CheckOutput } from "../check.ts";
import { getStatus, type Range, type Thresholds } from "../range.ts";
import { maxStateAlt, OK, STATE_NAMES, type State, UNKNOWN } from "../state.ts";
import { NOT_YET } from "../values/not-yet.ts";
import { cleanLine, onOneLine, renderLabel, renderNumber, renderShort, renderThreshold } from "./render.ts";
import { perfdataUnit, type Unit } from "./units.ts";

/** What belongs to one value of a report. Thresholds and bounds are in the unit of the value. */
export interface ValueOptions extends Thresholds {
  /** Stands behind the number. A unit that perfdata does not know is converted there, or left out. */
  readonly unit?: Unit | (string & {});
  /** The least number that is possible. */
  readonly min?: number | undefined;
  /** The greatest number that is possible. */
  readonly max?: number | undefined;
  /**
   * What is said of the value; `LABEL NUMBERUNIT` by default. False: it is said only when it is not OK. The
   * value is part of the perfdata in any case.
   */
  readonly text?: string | false;
}

interface Part {
  readonly state: State;
  readonly text: string;
  readonly isSaid: boolean;
}

/**
 * The answer of a check, made of its values. `run` returns it.
 *
 * The worst state counts: CRITICAL, WARNING, UNKNOWN, OK. Its texts come first. Each value has its perfdata,
 * with its thresholds. A `|` or a line break in a text does no harm. A report without a value and without a
 * state is UNKNOWN.
 */
export class Report implements CheckOutput {
  readonly #service: string | undefined;
  readonly #parts: Part[] = [];
  readonly #perfdata: string[] = [];
  readonly #lines: string[] = [];

  constructor(service?: string) {
    this.#service = service;
  }

  /**
   * Adds a number, judged by its thresholds. `NOT_YET`, which `values.rate` gives on the first run, is no
   * fault; anything else that is no finite number is UNKNOWN, and has no perfdata.
   */
  value(
    label: string,
    value: number | bigint | typeof NOT_YET | undefined,
    options: ValueOptions = {},
  ): this {
    const { text } = options;
    if (value === NOT_YET) return this.#add(OK, `${label} is not known yet`, text !== false);
    if (typeof value !== "bigint" && (typeof value !== "number" || !Number.isFinite(value)))
      return this.#add(UNKNOWN, `${label} is no number`, true);
    const { unit = "" } = options;
    requireRanges(label, options);
    this.#perfdata.push(renderPerfdata(label, value, options));
    const state = getStatus(Number(value), options);
    const shown = `${label} ${renderShort(value)}${/^[a-zA-Z]/.test(unit) ? ` ${unit}` : unit}`;
    return this.#add(state, text === false || text === undefined ? shown : text, text !== false);
  }

  /** Adds a state that is no number: `.state(CRITICAL, "the door is broken")`. */
  state(state: State, text: string): this {
    return this.#add(state, text, true);
  }

  /** Adds a line below the first one, to the long output. */
  line(text: string): this {
    this.#lines.push(cleanLine(text));
    return this;
  }

  /** The worst state. */
  get returnCode(): State {
    return this.#parts.length === 0 ? UNKNOWN : maxStateAlt(...this.#parts.map(({ state }) => state));
  }

  /** `DOOR WARNING - open for 7 minutes|open=420s;300;900;0`, then the other lines. */
  get output(): string {
    const state = this.returnCode;
    const title = [this.#service, STATE_NAMES[state]].filter((word) => word !== undefined).join(" ");
    const said = this.#parts.length === 0 ? "nothing was checked" : this.#listTexts().join(", ");
    const text = said === "" ? title : `${title} - ${said}`;
    const first = this.#perfdata.length === 0 ? text : `${text}|${this.#perfdata.join(" ")}`;
    return `${[first, ...this.#lines].join("\n")}\n`;
  }

  #listTexts(): readonly string[] {
    return SEVERITY.flatMap((state) =>
      this.#parts
        .filter((part) => part.state === state && (part.isSaid || state !== OK))
        .map(({ text }) => text),
    );
  }

  #add(state: State, text: string, isSaid: boolean): this {
    this.#parts.push({ state, text: onOneLine(text), isSaid });
    return this;
  }
}

/** A check may be plain JavaScript. A text as a threshold would be met by no number, so all would be OK. */
function requireRanges(label: string, thresholds: Thresholds): void {
  for (const name of ["warning", "critical"] as const) {
    const { start, end }: Partial<Range> = thresholds[name] ?? { start: 0, end: 0 };
    if (typeof start !== "number" || typeof end !== "number")
      throw new TypeError(
        `${name} of ${label} is no range, but ${JSON.stringify(thresholds[name])}: readRange makes one of a text`,
      );
  }
}

const SEVERITY: readonly State[] = [2, 1, 3, 0];

function renderPerfdata(label: string, value: number | bigint, options: ValueOptions): string {
  const { unit, factor } = perfdataUnit(options.unit ?? "");
  const bound = (number: number | undefined) => (number === undefined ? "" : renderNumber(number, factor));
  const limits = [
    renderThreshold(options.warning, factor),
    renderThreshold(options.critical, factor),
    bound(options.min),
    bound(options.max),
  ];
  const rest = limits.join(";").replace(/;+$/, "");
  return `${renderLabel(label)}=${renderNumber(value, factor)}${unit}${rest === "" ? "" : `;${rest}`}`;
}

/**
 * Begins a report: `return report("DOOR").value("open", 7, { unit: "min", warning, critical, min: 0 })`.
 *
 * @param service the word before the state, such as `DOOR`; it may be left out
 */
export function report(service?: string): Report {
  return new Report(service);
}
