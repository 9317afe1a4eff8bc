// The plots of the last hour, and what each shows.

import { createPlot, draw, HOUR } from "./plot.js";
import { showReadout, startReadout } from "./readout.js";
import { figure, span } from "./words.js";

const perSecond = (value) => (value === null ? "–" : `${figure(value)}/s`);

const SPECS = [
  {
    title: "Jobs a second",
    unit: "/s",
    show: perSecond,
    series: [{ name: "jobs", read: ({ rate }) => rate }],
  },
  {
    title: "Latency, planned to started",
    unit: "seconds",
    show: span,
    series: [
      { name: "median", read: ({ latencyP50 }) => latencyP50 },
      { name: "95 %", read: ({ latencyP95 }) => latencyP95 },
    ],
  },
  {
    title: "How long commands run",
    unit: "seconds",
    show: span,
    series: [
      { name: "median", read: ({ durationP50 }) => durationP50 },
      { name: "95 %", read: ({ durationP95 }) => durationP95 },
    ],
  },
  {
    title: "Jobs under way, and time-outs",
    unit: " jobs",
    show: figure,
    series: [
      { name: "under way", read: ({ inFlight }) => inFlight },
      { name: "time-outs in 10 s", read: ({ timedOut }) => timedOut },
    ],
  },
];

const section = document.getElementById("plots");
const plots = SPECS.map((spec) => createPlot(spec, section));
startReadout(plots);

/** `now` is the right end, in seconds since the epoch. */
export function showPlots(points, now) {
  const ofTheHour = points.filter(({ time }) => now - time <= HOUR);
  for (const plot of plots) draw(plot, ofTheHour, now);
  showReadout(ofTheHour, now);
}
