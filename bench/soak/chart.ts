import { renderOrigin } from "../reporting/report.ts";
import { escapeText, path, rect, text } from "../reporting/svg.ts";
import { percent, type SoakReport, titleOf } from "./report.ts";
import type { Steadiness } from "./verdict.ts";

const WIDTH = 960;
const MARGIN = 20;
const LABELS = 300;
const TOP = 84;
const ROW = 74;
const PLOT = 54;
const FOOT = 40;
const FROM = MARGIN + LABELS;
const LENGTH = WIDTH - MARGIN - FROM;

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2937 }
  .title { font-size: 16px; font-weight: 600 } .head { font-weight: 600 } .quiet { fill: #6b7280 }
  .paper { fill: #ffffff } .warm { fill: #f3f4f6 } .axis { stroke: #d1d5db; fill: none }
  .line { stroke: #2563eb; stroke-width: 1.2; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb } .quiet { fill: #9ca3af } .paper { fill: #0d1117 } .warm { fill: #1f2937 }
    .axis { stroke: #374151 } .line { stroke: #60a5fa }
  }`;

const FOOTNOTE =
  "Each line is one figure over time; its scale begins at zero. Grey: the warm-up, which is not judged.";

/** A line for each figure, from the first sample to the last. */
export function renderSoakChart(report: SoakReport): string {
  const { verdict, minutes, rate, siteRate } = report;
  const height = TOP + verdict.figures.length * ROW + FOOT;
  const title = `soak: ${minutes} minutes, ${Math.round(rate)} checks a second, ${siteRate.toFixed(1)} of them of the site`;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    rect(0, 0, WIDTH, height, "paper"),
    text(MARGIN, 30, title, "title"),
    text(MARGIN, 50, renderOrigin(report), "quiet"),
    ...verdict.figures.flatMap((figure, at) => renderRow(report, figure, TOP + at * ROW)),
    text(MARGIN, height - 14, FOOTNOTE, "quiet"),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

function renderRow({ samples, verdict }: SoakReport, row: Steadiness, top: number): readonly string[] {
  const { figure, level, drift, band, isSteady } = row;
  const seconds = samples.seconds;
  const values = samples[figure as keyof typeof samples];
  const end = seconds.at(-1) ?? 1;
  const most = Math.max(1, ...values);
  const x = (at: number) => FROM + (at / end) * LENGTH;
  const y = (value: number) => top + PLOT * (1 - value / most);
  const points = values.flatMap((value, at) => [at === 0 ? "M" : "L", x(seconds[at] ?? 0), y(value)]);
  return [
    rect(FROM, top, x(verdict.from) - FROM, PLOT, "warm"),
    path(["M", FROM, top + PLOT, "H", FROM + LENGTH], "axis"),
    path(points, "line"),
    text(MARGIN, top + 14, titleOf(figure), "head"),
    text(MARGIN, top + 32, `level ${level.toFixed(1)}, at most ${most.toFixed(1)}`),
    text(
      MARGIN,
      top + 48,
      `drift ${percent(drift)}, band ${percent(band)}: ${isSteady ? "steady" : "not steady"}`,
      "quiet",
    ),
  ];
}
