import type { Manual } from "../manual.ts";
import { WORKER_OPTIONS } from "./worker-options.ts";

export const CONFIG_MANUAL: Manual = {
  name: "config",
  usage: [
    "omd-worker config check [--alone] [FILE...]",
    "omd-worker config show [OPTION=VALUE…]",
    "omd-worker config sample",
    "omd-worker config docs",
  ],
  description: [
    "Checks and shows the configuration. It is read as the worker reads it, and nothing is started.",
  ],
  words: [
    {
      word: "check",
      usage: "[--alone] [FILE...]",
      help: "are these files (or directories) right? Problems with file, line and what to do. Without files: is what the environment says (OMD_WORKER_…) right?",
      takes: "files",
    },
    {
      word: "show",
      usage: "[OPTION=VALUE…]",
      help: "the values that count, and where each was written; secrets are masked",
      hasOptions: true,
    },
    { word: "sample", help: "a worker.conf with every option", takes: "nothing" },
    { word: "docs", help: "all options as Markdown", takes: "nothing" },
  ],
  options: [
    {
      name: "alone",
      help: "with check: read these files and nothing that they name. Other configurations, keys, certificates and folders are taken as right, no check of plugin_path is loaded, and neither the environment nor this machine counts. For files of others, and for another machine",
    },
  ],
  table: WORKER_OPTIONS,
  examples: [
    { line: "omd-worker config check /etc/mod-gearman/worker.conf" },
    {
      line: "omd-worker config check --alone satellites/gw1.conf",
      does: "before it is sent to the machine that it is for",
    },
    { line: "omd-worker config show --config=/etc/mod-gearman/worker.conf --debug=1" },
    { line: "omd-worker config sample > worker.conf" },
  ],
  exitCodes: [
    ["0", "the configuration is right; there may be warnings"],
    ["1", "it is wrong"],
    ["3", "the call is wrong"],
  ],
};

export const METRICS_MANUAL: Manual = {
  name: "metrics",
  description: ["The metrics that the worker serves with prometheus_server=HOST:PORT."],
  words: [
    { word: "list", help: "as a table", takes: "nothing" },
    { word: "rules", help: "alert rules for Prometheus (YAML)", takes: "nothing" },
    { word: "dashboard", help: "a dashboard for Grafana 10 and later (JSON)", takes: "nothing" },
    { word: "docs", help: "the metrics as Markdown", takes: "nothing" },
    { word: "alerts", help: "what each alert means and what to do, as Markdown", takes: "nothing" },
  ],
  examples: [
    { line: "omd-worker metrics list | grep _seconds" },
    { line: "omd-worker metrics rules > /etc/prometheus/omd-worker.rules.yaml" },
  ],
  exitCodes: [
    ["0", "they were printed"],
    ["3", "the call is wrong"],
  ],
};
