import { FIGURES, type FigureName, renderFigure } from "../measuring/figures.ts";
import type { Spread } from "../measuring/spread.ts";
import { type Report, renderOrigin } from "./report.ts";
import type { Summary } from "./summary.ts";
import { escapeText, path, rect, text } from "./svg.ts";

const WIDTH = 960;
const MARGIN = 20;
const LABELS = 130;
/** The room for a value to the right of its bar. */
const VALUE = 70;
const GAP = 16;
const ROW = 20;
const BAR = 12;
/** The distance from the top of a bar to the baseline of the text beside it. */
const BASELINE = 10;
const HEADING = 30;
const TOP = 92;
const FOOT = 40;

/** Colours of the light and the dark mode. Our own worker has the first colour. */
const COLOURS: readonly (readonly [string, string])[] = [
  ["#2563eb", "#60a5fa"],
  ["#94a3b8", "#94a3b8"],
  ["#d97706", "#fbbf24"],
  ["#059669", "#34d399"],
  ["#9333ea", "#c084fc"],
  ["#dc2626", "#f87171"],
];

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2937 }
  .title { font-size: 16px; font-weight: 600 } .head { font-weight: 600 } .quiet { fill: #6b7280 }
  .value { font-variant-numeric: tabular-nums } .paper { fill: #ffffff }
  .range { stroke: #1f2937; stroke-width: 1.5; fill: none } .axis { stroke: #d1d5db }
${COLOURS.map(([light], index) => `  .w${index} { fill: ${light} }`).join("\n")}
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb } .quiet { fill: #9ca3af } .paper { fill: #0d1117 }
    .range { stroke: #e5e7eb } .axis { stroke: #374151 }
${COLOURS.map(([, dark], index) => `    .w${index} { fill: ${dark} }`).join("\n")}
  }`;

const FOOTNOTE =
  "Bar: median. Thin line: least to most. Every group of bars has a scale of its own, from zero. CPU: the worker and all it starts.";

/** A chart of bars: a group for each line, a column for each figure. A thin line shows the range. */
export function renderChart(report: Report, figures: readonly FigureName[]): string {
  const columns = columnsOf(figures);
  const workers = [...new Set(report.workers.map(({ name }) => name))];
  let top = TOP;
  const groups = [...Map.groupBy(report.rows, ({ line }) => line)].map(([line, rows]) => {
    const group = renderGroup({ line, rows, top, columns, workers });
    top += HEADING + rows.length * ROW;
    return group;
  });
  const height = top + FOOT;
  const title = `${report.scenario}: ${report.about}`;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    rect(0, 0, WIDTH, height, "paper"),
    text(MARGIN, 30, title, "title"),
    text(MARGIN, 50, renderOrigin(report), "quiet"),
    ...columns.map(({ figure, x }) => text(x, TOP - 14, FIGURES[figure].title, "head")),
    ...groups.flat(),
    text(MARGIN, height - 14, FOOTNOTE, "quiet"),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

interface Column {
  readonly figure: FigureName;
  readonly x: number;
  /** The length of the longest bar. */
  readonly length: number;
}

function columnsOf(figures: readonly FigureName[]): readonly Column[] {
  const width = (WIDTH - 2 * MARGIN - LABELS - GAP * (figures.length - 1)) / figures.length;
  return figures.map((figure, index) => ({
    figure,
    x: MARGIN + LABELS + index * (width + GAP),
    length: width - VALUE,
  }));
}

interface Group {
  readonly line: string;
  readonly rows: readonly Summary[];
  readonly top: number;
  readonly columns: readonly Column[];
  readonly workers: readonly string[];
}

function renderGroup({ line, rows, top, columns, workers }: Group): readonly string[] {
  const first = top + HEADING;
  const bars = columns.flatMap(({ figure, x, length }) => {
    const most = Math.max(...rows.map(({ figures }) => figures[figure]?.most ?? 0));
    const scale = most > 0 ? length / most : 0;
    return [
      path(["M", x, first - 2, "V", first + rows.length * ROW - 4], "axis"),
      ...rows.flatMap(({ worker, figures }, index) => {
        const y = first + index * ROW;
        const spread = figures[figure];
        if (spread === undefined) return [text(x + 6, y + BASELINE, "–", "quiet")];
        const colour = `w${workers.indexOf(worker) % COLOURS.length}`;
        return renderBar({ figure, spread, x, y, scale, colour });
      }),
    ];
  });
  return [
    text(MARGIN, first - 8, line, "head"),
    ...rows.map(({ worker }, index) => text(MARGIN + 8, first + index * ROW + BASELINE, worker)),
    ...bars,
  ];
}

interface Bar {
  readonly figure: FigureName;
  readonly spread: Spread;
  readonly x: number;
  readonly y: number;
  /** Pixels per unit of the figure. */
  readonly scale: number;
  readonly colour: string;
}

function renderBar({ figure, spread, x, y, scale, colour }: Bar): readonly string[] {
  const { median, least, most } = spread;
  const middle = y + BAR / 2;
  const range = path(["M", x + least * scale, middle, "H", x + most * scale], "range");
  return [
    rect(x, y, median * scale, BAR, colour),
    ...(least === most ? [] : [range]),
    text(x + most * scale + 6, y + BASELINE, renderFigure(figure, median), "value"),
  ];
}
