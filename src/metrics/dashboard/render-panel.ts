import type { Panel, Query, Show } from "./panel.ts";

/** The variable that holds the data source: the dashboard works with any Prometheus. */
export const SOURCE = { type: "prometheus", uid: "$datasource" } as const;

/** Where a panel stands, in 24ths of the width and in units of height. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A panel as Grafana reads it. */
export function renderPanel(panel: Panel, id: number, gridPos: Place): object {
  const { title, about: description, show, queries, unit } = panel;
  const isTable = show.kind === "table";
  return {
    id,
    title,
    description,
    gridPos,
    datasource: SOURCE,
    type: TYPES[show.kind],
    fieldConfig: { defaults: { unit, ...decimalsOf(panel), ...fieldsOf(show) }, overrides: [] },
    options: optionsOf(show),
    targets: queries.map((query, at) => renderQuery(query, at, isTable)),
    ...(isTable && { transformations: transformationsOf(show, queries.length) }),
  };
}

const TYPES: Readonly<Record<Show["kind"], string>> = {
  number: "stat",
  lines: "timeseries",
  areas: "timeseries",
  states: "state-timeline",
  table: "table",
};

function renderQuery({ expr, legend }: Query, at: number, isTable: boolean): object {
  return {
    refId: letter(at),
    datasource: SOURCE,
    editorMode: "code",
    expr,
    ...(isTable ? { format: "table", instant: true, range: false } : { instant: false, range: true }),
    ...(legend !== "" && { legendFormat: legend }),
  };
}

/** `increase` is seldom a whole number. */
function decimalsOf({ unit, show }: Panel): object {
  return unit === "none" && show.kind === "number" ? { decimals: 0 } : {};
}

function fieldsOf(show: Show): object {
  switch (show.kind) {
    case "number":
      return { thresholds: thresholds(show.alarm), mappings: [], noValue: "0" };
    case "lines":
      return { min: 0, custom: drawing(8, "none") };
    case "areas":
      return { min: 0, custom: drawing(40, show.stacking) };
    case "states":
      return {
        custom: { fillOpacity: 70, lineWidth: 0 },
        thresholds: thresholds(undefined),
        mappings: [
          {
            type: "value",
            options: Object.fromEntries(show.words.map((word, index) => [index, { index, ...word }])),
          },
        ],
      };
    case "table":
      return { custom: { align: "auto", filterable: true } };
  }
}

function thresholds(alarm: number | undefined): object {
  const steps = [
    { color: "green", value: null },
    ...(alarm === undefined ? [] : [{ color: "red", value: alarm }]),
  ];
  return { mode: "absolute", steps };
}

function drawing(fillOpacity: number, stacking: string): object {
  return {
    drawStyle: "line",
    lineInterpolation: "linear",
    lineWidth: 1,
    fillOpacity,
    showPoints: "never",
    spanNulls: false,
    stacking: { mode: stacking, group: "A" },
  };
}

function optionsOf(show: Show): object {
  const legend = { displayMode: "list", placement: "bottom", showLegend: true };
  switch (show.kind) {
    case "number":
      return {
        colorMode: "value",
        graphMode: "area",
        justifyMode: "auto",
        orientation: "auto",
        textMode: "auto",
        reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
      };
    case "lines":
    case "areas":
      return { legend, tooltip: { mode: "multi", sort: "desc" } };
    case "states":
      return {
        legend,
        tooltip: { mode: "single", sort: "none" },
        mergeValues: true,
        rowHeight: 0.8,
        showValue: "never",
      };
    case "table":
      return { showHeader: true, cellHeight: "sm" };
  }
}

/** One table of all queries; a column is called as its query. */
function transformationsOf(
  { columns, hidden }: Extract<Show, { kind: "table" }>,
  queries: number,
): readonly object[] {
  const columnOf = (at: number) => (queries === 1 ? "Value" : `Value #${letter(at)}`);
  const renameByName = Object.fromEntries(columns.map((title, at) => [columnOf(at), title]));
  const excludeByName = Object.fromEntries(hidden.map((name) => [name, true]));
  return [
    { id: "merge", options: {} },
    { id: "organize", options: { excludeByName, renameByName, indexByName: {} } },
  ];
}

function letter(at: number): string {
  return String.fromCharCode("A".charCodeAt(0) + at);
}
