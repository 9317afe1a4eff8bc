import type { SurveyedCheck } from "../survey.ts";
import { escapeText } from "./escape.ts";

/** One bar of a plot. Its colour is that of a way. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value for people. */
  readonly shown: string;
  readonly kind: SurveyedCheck["via"];
}

/** Of the drawing, which the page scales. */
const WIDTH = 900;
const LABEL_WIDTH = 380;
const VALUE_WIDTH = 120;
const ROW_HEIGHT = 26;
const MAX_LABEL = 58;

/** Lying bars, the longest as wide as there is room. No bars: a sentence. */
export function renderBars(bars: readonly Bar[]): string {
  if (bars.length === 0) return "<p>None.</p>";
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const room = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const rows = bars.map(({ label, value, shown, kind }, at) => {
    const y = at * ROW_HEIGHT;
    const width = Math.max(1, (value / most) * room);
    return `<text x="0" y="${y + 17}">${escapeText(shorten(label))}<title>${escapeText(label)}</title></text>
<rect x="${LABEL_WIDTH}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW_HEIGHT - 8}" style="fill: var(--${kind})"/>
<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${y + 17}">${escapeText(shown)}</text>`;
  });
  const names = bars.map(({ label, shown }) => `${label}: ${shown}`).join("; ");
  return `<svg viewBox="0 0 ${WIDTH} ${bars.length * ROW_HEIGHT}" role="img" aria-label="${escapeText(names)}">
${rows.join("\n")}
</svg>`;
}

function shorten(label: string): string {
  return label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL - 1)}…` : label;
}
