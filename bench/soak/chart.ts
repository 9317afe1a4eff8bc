import { renderOrigin } from "../reporting/report.ts";
import { path, rect, sheet, text } from "../reporting/svg.ts";
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

const LIGHT = "  .warm { fill: #f3f4f6 } .line { stroke: #2563eb; stroke-width: 1.2; fill: none }";
const DARK = "  .warm { fill: #1f2937 } .line { stroke: #60a5fa }";

const FOOTNOTE =
  "Each line is one figure over time; its scale begins at zero. Grey: the warm-up, which is not judged.";

/** A line for each figure, from the first sample to the last. */
export function renderSoakChart(report: SoakReport): string {
  const { verdict, minutes, rate, siteRate } = report;
  return sheet({
    width: WIDTH,
    height: TOP + verdict.figures.length * ROW + FOOT,
    margin: MARGIN,
    title: `soak: ${minutes} minutes, ${Math.round(rate)} checks a second, ${siteRate.toFixed(1)} of them of the site`,
    origin: renderOrigin(report),
    body: verdict.figures.flatMap((figure, at) => renderRow(report, figure, TOP + at * ROW)),
    footnote: FOOTNOTE,
    light: LIGHT,
    dark: DARK,
  });
}

function renderRow({ samples, verdict }: SoakReport, row: Steadiness, top: number): readonly string[] {
  const { figure, level, drift, band, isSteady, isPart } = row;
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
      `drift ${percent(drift)}, band ${percent(band)}${isPart ? "" : isSteady ? ": steady" : ": not steady"}`,
      "quiet",
    ),
  ];
}
