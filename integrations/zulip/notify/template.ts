/** A text with places for values: `{service}` of ours, `$SERVICEDESC$` as in the core's configuration. */
export interface Template {
  readonly lines: readonly (readonly Part[])[];
}

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "place"; readonly name: string }
  | { readonly kind: "macro"; readonly name: string };

/** Gives the value of a place, ready for where it is to stand. */
export interface TemplateValues {
  readonly place: (name: string) => string;
  readonly macro: (name: string) => string;
}

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
      parts.push(place === undefined ? { kind: "macro", name: macro } : { kind: "place", name: place });
      end = match.index + all.length;
    }
    if (end < line.length) parts.push({ kind: "text", text: line.slice(end) });
    return parts;
  });
  return unknown.length > 0 ? unknown : { lines };
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

function fillPart(part: Part, { place, macro }: TemplateValues): string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "place":
      return place(part.name);
    case "macro":
      return macro(part.name);
  }
}
