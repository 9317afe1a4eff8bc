// Connects to the worker's events and shows each snapshot. URLs are relative: a proxy may have added a prefix.

import "./nav.js";
import { startFilter } from "./filter.js";
import { showPlots } from "./plots.js";
import {
  showChecks,
  showConfig,
  showHead,
  showLog,
  showPools,
  showServers,
  showShadow,
  showTiles,
  showWork,
} from "./sections.js";
import { startSorting } from "./sort.js";
import { showTable } from "./tables.js";
import { showLost, showWrong } from "./wrong.js";

const MAX_POINTS = 360;
const MAX_LINES = 200;
const SILENT_MS = 10_000;
const AGAIN_MS = 10_000;

let source;
let again;
let silence;
let points = [];
let lines = [];
/** The last snapshot. */
let shown = {};

function connect() {
  clearTimeout(again);
  source?.close();
  source = new EventSource("events");
  source.addEventListener("whole", ({ data }) => {
    points = [];
    lines = [];
    shown = {};
    show(JSON.parse(data));
  });
  source.addEventListener("next", ({ data }) => show(JSON.parse(data)));
  source.onerror = () => {
    lost();
    // After an answer such as 503 the browser does not try again by itself.
    if (source.readyState === EventSource.CLOSED) again = setTimeout(connect, AGAIN_MS);
  };
  watch();
}

/** `parts` are those that have changed; in the first snapshot all there are. */
function show(parts) {
  watch();
  const snapshot = { ...shown, points: [], log: [], ...parts };
  shown = snapshot;
  points = [...points, ...snapshot.points].slice(-MAX_POINTS);
  lines = [...lines, ...snapshot.log].slice(-MAX_LINES);
  showHead(snapshot);
  showWrong(snapshot.wrong);
  showTiles(snapshot, points);
  showPlots(points, snapshot.time);
  showWork(snapshot);
  showServers(snapshot);
  showChecks(snapshot);
  showPools(snapshot);
  showShadow(snapshot);
  if (parts.config !== undefined) showConfig(parts.config);
  showLog(lines);
  appear();
}

/** Until there is something to see, nothing is seen: so nothing moves when it comes. */
function appear() {
  document.documentElement.dataset.live = "";
}

function watch() {
  clearTimeout(silence);
  silence = setTimeout(lost, SILENT_MS);
}

function lost() {
  const badge = document.getElementById("state");
  badge.textContent = "not connected";
  badge.className = "badge bad";
  showLost();
  appear();
}

/** A page that nobody sees costs the worker nothing. */
document.addEventListener("visibilitychange", () => {
  clearTimeout(again);
  clearTimeout(silence);
  if (document.hidden) source?.close();
  else connect();
});

startSorting(showTable);
startFilter(showTable);
if (!document.hidden) connect();
