/** A text with places for values: `{service}` of ours, `$SERVICEDESC$` as in the core's configuration. */
export interface Template {
  readonly lines: readonly (readonly Part[])[];
}

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "place" | "macro"; readonly name: string; readonly isInAddress: boolean };

/** Gives the value of a place, ready for where it is to stand. */
export interface TemplateValues {
  readonly place: (name: string) => string;
  readonly macro: (name: string) => string;
  /** Those of places within an address. Without them these are as all others. */
  readonly inAddress?: Omit<TemplateValues, "inAddress">;
}

/** The beginning of an address, up to the end of the text. */
const IN_ADDRESS = /https?:\/\/[^\s()<>[\]]*$/i;
const PLACE = /\{([a-z_]+)\}|\$(_?[A-Z][A-Z0-9_]*)\$/g;

/** `\n` ends a line. Returns the names that are no places instead, if there are any. */
export function readTemplate(text: string, places: readonly string[]): Template | readonly string[] {
  const unknown: string[] = [];
  const lines = text.split("\\n").map((line) => {
    const parts: Part[] = [];
    let end = 0;
    for (const match of line.matchAll(PLACE)) {
      const [all, place, macro = ""] = match;
      if (match.index > end) parts.push({ kind: "text", text: line.slice(end, match.index) });
      if (place !== undefined && !places.includes(place)) unknown.push(place);
      const isInAddress = IN_ADDRESS.test(line.slice(0, match.index));
      const [kind, name] = place === undefined ? (["macro", macro] as const) : (["place", place] as const);
      parts.push({ kind, name, isInAddress });
      end = match.index + all.length;
    }
    if (end < line.length) parts.push({ kind: "text", text: line.slice(end) });
    return parts;
  });
  return unknown.length > 0 ? unknown : { lines };
}

/** The names of its places and macros. */
export function namesIn({ lines }: Template): ReadonlySet<string> {
  return new Set(lines.flat().flatMap((part) => (part.kind === "text" ? [] : [part.name])));
}

/** A line whose places are all empty is left out: no comment, no link. */
export function fillTemplate({ lines }: Template, values: TemplateValues): string {
  return lines
    .flatMap((parts) => {
      let isFilled = parts.every(({ kind }) => kind === "text");
      const texts = parts.map((part) => {
        const text = fillPart(part, values);
        isFilled ||= part.kind !== "text" && text !== "";
        return text;
      });
      return isFilled ? [texts.join("")] : [];
    })
    .join("\n");
}

function fillPart(part: Part, values: TemplateValues): string {
  const isInAddress = part.kind !== "text" && part.isInAddress;
  const { place, macro } = (isInAddress ? values.inAddress : undefined) ?? values;
  switch (part.kind) {
    case "text":
      return part.text;
    case "place":
      return place(part.name);
    case "macro":
      return macro(part.name);
  }
}
