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

/** Colours of a sheet, of the light and the dark mode. */
const LIGHT = { ink: "#1f2937", quiet: "#6b7280", paper: "#ffffff", axis: "#d1d5db" };
const DARK = { ink: "#e5e7eb", quiet: "#9ca3af", paper: "#0d1117", axis: "#374151" };

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
  readonly title: string;
  /** Below the title. */
  readonly origin: string;
  readonly body: readonly string[];
  readonly footnote: string;
  /** What the styles of the body add, in the light and the dark mode. */
  readonly light: string;
  readonly dark: string;
}

/** A whole file: a title, what it is about, and a note at the foot. */
export function sheet({ width, height, margin, title, origin, body, footnote, light, dark }: Sheet): string {
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<style>
  text { font: 12px system-ui, sans-serif }
  .title { font-size: 16px; font-weight: 600 } .head { font-weight: 600 }
${coloursOf(LIGHT)}
${light}
  @media (prefers-color-scheme: dark) {
${coloursOf(DARK)}
${dark}
  }
</style>`,
    rect(0, 0, width, height, "paper"),
    text(margin, 30, title, "title"),
    text(margin, 50, origin, "quiet"),
    ...body,
    text(margin, height - 14, footnote, "quiet"),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

function coloursOf({ ink, quiet, paper, axis }: typeof LIGHT): string {
  return `  text { fill: ${ink} } .quiet { fill: ${quiet} } .paper { fill: ${paper} } .axis { stroke: ${axis}; fill: none }`;
}
