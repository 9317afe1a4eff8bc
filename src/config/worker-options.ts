import type { WorkerOption } from "./option.ts";
import { CHECK_OPTIONS } from "./options/checks.ts";
import { CORE_MODULE_OPTIONS } from "./options/core-module.ts";
import { INTERPRETER_OPTIONS } from "./options/interpreters.ts";
import { JOB_SERVER_OPTIONS } from "./options/job-servers.ts";
import { POOL_OPTIONS } from "./options/pool.ts";
import { PROCESS_OPTIONS } from "./options/process.ts";
import { PROFILING_OPTIONS } from "./options/profiling.ts";
import { QUEUE_OPTIONS } from "./options/queues.ts";
import { SEND_TOOL_OPTIONS } from "./options/send-tools.ts";

/** Every key of worker.conf, of either peer and of the core module. */
export const WORKER_OPTIONS = [
  ...JOB_SERVER_OPTIONS,
  ...QUEUE_OPTIONS,
  ...CHECK_OPTIONS,
  ...POOL_OPTIONS,
  ...PROCESS_OPTIONS,
  ...INTERPRETER_OPTIONS,
  ...PROFILING_OPTIONS,
  ...CORE_MODULE_OPTIONS,
  ...SEND_TOOL_OPTIONS,
] as const;

export type OptionRow = (typeof WORKER_OPTIONS)[number];
export type OptionName = OptionRow["name"];

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly WorkerOption[];
}

/** The same rows under the headings of help and documentation. */
export const OPTION_GROUPS: readonly OptionGroup[] = [
  { title: "Job servers and encryption", options: JOB_SERVER_OPTIONS },
  { title: "Queues", options: QUEUE_OPTIONS },
  { title: "Checks and results", options: CHECK_OPTIONS },
  { title: "Jobs at once", options: POOL_OPTIONS },
  { title: "Process and log", options: PROCESS_OPTIONS },
  { title: "Warm interpreters for Perl and Python plugins", options: INTERPRETER_OPTIONS },
  { title: "Metrics and profiling", options: PROFILING_OPTIONS },
  { title: "Core module", options: CORE_MODULE_OPTIONS },
  { title: "Sending tools", options: SEND_TOOL_OPTIONS },
];
