/** Pieces of an SVG file. */
export function text(x: number, y: number, words: string, style = "plain"): string {
  return `<text class="${style}" x="${px(x)}" y="${px(y)}">${escapeText(words)}</text>`;
}

export function rect(x: number, y: number, width: number, height: number, style: string): string {
  const size = `width="${px(width)}" height="${px(height)}"`;
  return `<rect class="${style}" x="${px(x)}" y="${px(y)}" ${size}/>`;
}

export function path(commands: readonly (string | number)[], style: string): string {
  const d = commands.map((one) => (typeof one === "number" ? px(one) : one)).join(" ");
  return `<path class="${style}" d="${d}"/>`;
}

export function escapeText(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Rounded to a tenth of a pixel. */
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
