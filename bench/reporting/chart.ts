import { FIGURES, type FigureName, renderFigure } from "../measuring/figures.ts";
import type { Spread } from "../measuring/spread.ts";
import { type Report, renderOrigin } from "./report.ts";
import type { Summary } from "./summary.ts";
import { path, rect, sheet, text } from "./svg.ts";

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

const fillsOf = (mode: 0 | 1): string =>
  COLOURS.map((colours, index) => `  .w${index} { fill: ${colours[mode]} }`).join("\n");
const LIGHT = `  .value { font-variant-numeric: tabular-nums } .range { stroke: #1f2937; stroke-width: 1.5; fill: none }
${fillsOf(0)}`;
const DARK = `  .range { stroke: #e5e7eb }
${fillsOf(1)}`;

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
  const headings = columns.map(({ figure, x }) => text(x, TOP - 14, FIGURES[figure].title, "head"));
  return sheet({
    width: WIDTH,
    height: top + FOOT,
    margin: MARGIN,
    title: `${report.scenario}: ${report.about}`,
    origin: renderOrigin(report),
    body: [...headings, ...groups.flat()],
    footnote: FOOTNOTE,
    light: LIGHT,
    dark: DARK,
  });
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
