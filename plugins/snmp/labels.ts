const BLANKS = /^[ \t\r\n]*/;

/**
 * The labels or units of one option. The plugin splits the text at commas. Where a label begins with a quote,
 * all that follows is one label, with the closing quote. Undefined where the plugin complains about the
 * quote.
 */
export function readLabels(text: string): readonly string[] | undefined {
  const label = text.replace(BLANKS, "");
  if (label.startsWith("'")) return label.includes("'", 1) ? [label.slice(1)] : undefined;
  if (label.startsWith(",")) return [""];
  const comma = label.indexOf(",");
  // A comma at the end of the text belongs to the label.
  if (comma < 0 || comma === label.length - 1) return [label];
  const others = readLabels(label.slice(comma + 1));
  return others && [label.slice(0, comma), ...others];
}

/** A label as it is written in perfdata. */
export function quoteLabel(label: string): string {
  if (!/[ ='"]/.test(label)) return label;
  return label.includes("'") ? `"${label}"` : `'${label}'`;
}
