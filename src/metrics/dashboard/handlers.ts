import { areas, lines, quantile, query, type Row, WORKERS } from "./panel.ts";

const RUNS = "gearman_worker_event_handlers_total";
const DURATION = "gearman_worker_event_handler_duration_seconds";
const NOT_RUN = 'result=~"refused|too-often|dry-run|too-old"';
const BROKEN = 'result=~"failed|timed-out"';
const inHour = (labels: string, selected = "") =>
  `sum by (${labels}) (increase(${RUNS}{${WORKERS}${selected && `,${selected}`}}[1h])) > 0`;

/** Event handlers, by the file name of their programs. */
export const HANDLER_ROW: Row = {
  title: "Event handlers",
  panels: [
    areas(
      { title: "Event handlers", about: "Within an hour, by what became of them.", unit: "none" },
      "normal",
      query(inHour("result"), "{{result}}"),
    ),
    lines(
      {
        title: "Handlers that fail",
        about: "Within an hour: return codes, signals, time-outs.",
        unit: "none",
      },
      query(inHour("handler, result", BROKEN), "{{handler}}: {{result}}"),
    ),
    lines(
      {
        title: "Handlers that were not run",
        about: "Within an hour: not allowed, too often, a dry run, too old.",
        unit: "none",
      },
      query(inHour("handler, result", NOT_RUN), "{{handler}}: {{result}}"),
    ),
    lines(
      { title: "Handlers, 95 %", about: "One run in twenty takes longer.", unit: "s" },
      query(quantile(0.95, DURATION, { series: WORKERS, labels: "handler" }), "{{handler}}"),
    ),
  ],
};
