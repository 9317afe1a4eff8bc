import {
  CheckDeclined,
  type CheckOutput,
  CRITICAL,
  OK,
  STATE_NAMES,
  type State,
  UNKNOWN,
  WARNING,
} from "../../../sdk/index.ts";
import { renderNumber } from "../client/answer.ts";
import { toFixed, toInteger } from "./perl.ts";
import { type GivenThresholds, ThresholdTable } from "./thresholds.ts";

/** What a check says of a value. */
export interface Perfdata {
  readonly label: string;
  /** A text of the server, or a number that was computed. */
  readonly value: string | number;
  readonly unit?: string;
  /** Digits behind the point, where there are more than two or thresholds have many. */
  readonly places?: number;
  readonly min?: string;
  readonly max?: string;
}

export interface ResultOptions {
  readonly thresholds: GivenThresholds;
  readonly isMultiline: boolean;
  /** `warning=critical`: states that take the place of others. */
  readonly negate: ReadonlyMap<State, State>;
}

/** The order in which states are told, and in which the first with a message is the result. */
const ORDER: readonly State[] = [CRITICAL, WARNING, UNKNOWN, OK];

/** The messages, thresholds and perfdata of one run. */
export class Result {
  readonly thresholds: ThresholdTable;
  readonly #options: ResultOptions;
  readonly #messages = new Map<State, string[]>(ORDER.map((state) => [state, []]));
  readonly #perfdata: string[] = [];

  constructor(options: ResultOptions) {
    this.#options = options;
    this.thresholds = new ThresholdTable(options.thresholds);
  }

  add(state: State, text: string): void {
    this.#messages.get(state)?.push(text);
  }

  clearOk(): void {
    this.#messages.set(OK, []);
  }

  /** `--report short`: only what is wrong is told. */
  shorten(): void {
    this.clearOk();
    if (!this.hasProblem) this.add(OK, "no problems");
  }

  get hasProblem(): boolean {
    return this.#state !== OK;
  }

  addPerfdata({ label, value, unit = "", places, ...limits }: Perfdata): void {
    const { warning = "", critical = "" } = this.thresholds.shown(label);
    const [min, max] = unit === "%" ? [limits.min ?? "0", limits.max ?? "100"] : [limits.min, limits.max];
    const text = typeof value === "number" ? renderNumber(value) : value;
    const shown = text.includes(".") ? toFixed(value, places ?? 2) : toInteger(text);
    const rest = [warning, critical, min ?? "", max ?? ""].map((each) =>
      places === undefined ? each : cutDigits(each, places),
    );
    this.#perfdata.push(`'${label}'=${shown}${unit};${rest.join(";")}`);
  }

  finish(): CheckOutput {
    const { isMultiline, negate } = this.#options;
    const between = isMultiline ? "\n" : ", ";
    const told = ORDER.map((state) => this.#messages.get(state) ?? []).filter(({ length }) => length > 0);
    return this.end(this.#state, told.map((each) => each.join(between)).join(", "), negate);
  }

  /** Ends with this text, and the perfdata so far. */
  end(state: State, text: string, negate = this.#options.negate): CheckOutput {
    const returnCode = negate.get(state) ?? state;
    const message = text.replace(/\n$/, "");
    const said = message === "" ? STATE_NAMES[returnCode] : `${STATE_NAMES[returnCode]} - ${message}`;
    const perfdata = this.#perfdata.length === 0 ? "" : ` | ${this.#perfdata.join(" ")}`;
    const output = `${said.replaceAll("|", "!")}${perfdata}\n`;
    return { returnCode, output: withoutForeign(output) };
  }

  get #state(): State {
    return ORDER.find((state) => (this.#messages.get(state)?.length ?? 0) > 0) ?? OK;
  }
}

/** The plugin leaves out all but ASCII. What its locale cannot say came to it as other characters. */
function withoutForeign(text: string): string {
  if (/[^\u0000-\u00ff]/.test(text)) throw new CheckDeclined("words that are not of Latin-1");
  return text.replaceAll(/[^\x00-\x7f]/g, "");
}

/** Thresholds that were computed have many digits. */
function cutDigits(text: string, places: number): string {
  return text.replaceAll(/[-+\d.]+/g, (number) =>
    toFixed(number, 2 * places)
      .replace(/(\.[1-9]+)0+$/, "$1")
      .replace(/\.0+$/, ""),
  );
}
