import { INCLUDE, noEffect, RESTART } from "../option.ts";
import { JOB_SERVER_ROWS } from "../rows/job-servers.ts";
import { PROCESS_ROWS } from "../rows/process.ts";
import { DELIMITER_ROW, SEND_TOOL_ROWS } from "../rows/send-tools.ts";
import { TLS_ROWS } from "../rows/tls.ts";
import { type OptionGroup, use, useAll } from "../table.ts";

/** Where results go, and how they are sealed. Every tool that sends results has these. */
export const WHERE_OPTIONS = [
  ...use(JOB_SERVER_ROWS, {
    server: RESTART,
    gearman_connection_timeout: RESTART,
    encryption: RESTART,
    key: RESTART,
    keyfile: RESTART,
    dupserver: RESTART,
    dupserver_key: RESTART,
    dupserver_keyfile: RESTART,
  }),
  ...useAll(TLS_ROWS, RESTART),
  ...use(SEND_TOOL_ROWS, { result_queue: RESTART, "retry-interval": RESTART }),
  ...use(PROCESS_ROWS, { config: INCLUDE, debug: noEffect("what goes wrong is always told") }),
];

const RETRIES = use(SEND_TOOL_ROWS, { retries: RESTART });

const RESULT = use(SEND_TOOL_ROWS, {
  host: RESTART,
  service: RESTART,
  message: RESTART,
  returncode: RESTART,
  active: RESTART,
  starttime: RESTART,
  finishtime: RESTART,
  latency: RESTART,
});

const INPUT = [
  ...use(SEND_TOOL_ROWS, { timeout: RESTART }),
  { ...DELIMITER_ROW, aliases: ["d"], ...RESTART } as const,
];

/** Options of send_gearman. */
export const SEND_OPTIONS = [...WHERE_OPTIONS, ...RETRIES, ...RESULT, ...INPUT];

export const SEND_GROUPS: readonly OptionGroup[] = [
  { title: "Job servers and encryption", options: [...WHERE_OPTIONS, ...RETRIES] },
  { title: "The result", options: RESULT },
  { title: "Standard input", options: INPUT },
];
