import { formatFloat } from "../libc/go-text.ts";

interface Value {
  readonly label: string;
  readonly text: string;
  limits: string;
}

/** Perfdata as the plugin collects it: of several values with one label only the first has thresholds. */
export class Perfdata {
  readonly #values: Value[] = [];

  /** @param limits what stands behind the value: `;WARNING;CRITICAL;MIN;MAX` */
  add(label: string, text: string, limits = ";;;;"): void {
    const isFirst = this.#values.every((value) => value.label !== label);
    this.#values.push({ label, text, limits: isFirst ? limits : ";;;;" });
  }

  render(): string {
    return this.#values.map(({ label, text, limits }) => `'${label}'=${text}${limits} `).join("");
  }
}

/** Renders a value as Go's FormatFloat does. */
export function renderValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return formatFloat(value, -1);
}
