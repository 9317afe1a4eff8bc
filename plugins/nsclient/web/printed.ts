import { formatAny, formatFloat, quoteJson, renderJsonNumber } from "../../libc/go-text.ts";
import type { WebLine, WebResult, WebValue } from "./body.ts";

/** Renders the result as a plugin prints it: the messages, and the perfdata behind `|`. */
export function renderResult({ lines = [] }: WebResult, decimals: number): string {
  const text = lines.map(({ message }) => trimMessage(message)).join("");
  const perfdata = lines
    .flatMap(({ perf }) => [...(perf ?? [])])
    .flatMap((each) => renderPerf(each, decimals));
  return perfdata.length === 0 ? text : `${text} |${perfdata.join(" ")}`;
}

const trimMessage = (message: string) => message.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");

function renderPerf([label, given]: readonly [string, WebValue], decimals: number): readonly string[] {
  const { value, unit = "", warning, critical, minimum, maximum } = given;
  if (value === undefined) return [];
  const number = (limit: number | undefined) => (limit === undefined ? "" : formatFloat(limit, decimals));
  const threshold = (limit: number | string | undefined) =>
    typeof limit === "number" ? formatAny(limit) : (limit ?? "");
  const shown = typeof value === "number" ? formatFloat(value, decimals) : value;
  const limits = [threshold(warning), threshold(critical), number(minimum), number(maximum)];
  return [`'${label}'=${shown}${unit};${limits.join(";")}`];
}

/** Renders the result as the plugin's `-j` prints it. */
export function renderJson({ command, lines, result }: WebResult): string {
  const all = lines === undefined ? "null" : `[${lines.map(renderJsonLine).join(",")}]`;
  return `{"command":${quoteJson(command)},"lines":${all},"result":${result}}`;
}

function renderJsonLine({ message, perf }: WebLine): string {
  const entries = [...(perf ?? [])].map(([label, value]) => `${quoteJson(label)}:${renderJsonValue(value)}`);
  return `{"message":${quoteJson(message)},"perf":${perf === undefined ? "null" : `{${entries.join(",")}}`}}`;
}

function renderJsonValue({ value, unit, warning, critical, minimum, maximum }: WebValue): string {
  const fields = Object.entries({ value, unit, warning, critical, minimum, maximum }).flatMap(
    ([name, field]) => {
      if (field === undefined) return [];
      return [`"${name}":${typeof field === "number" ? renderJsonNumber(field) : quoteJson(field)}`];
    },
  );
  return `{${fields.join(",")}}`;
}
