import { INCLUDE, LIVE, RESTART } from "../../../src/config/option.ts";
import { PROCESS_ROWS } from "../../../src/config/rows/process.ts";
import { type OptionGroup, use, useAll } from "../../../src/config/table.ts";
import type { ValuesOf } from "../../../src/config/values.ts";
import { BROADCAST_ROWS, CONNECTION_ROWS, HANDLER_ROWS, MESSAGE_ROWS, NOTIFIER_ROWS } from "./rows.ts";

/** The authorities are those of the process. */
export const CONNECTION = use(CONNECTION_ROWS, {
  site: LIVE,
  email: LIVE,
  api_key_file: LIVE,
  api_key: LIVE,
  zuliprc: LIVE,
  timeout: LIVE,
  ca_file: RESTART,
});
const MESSAGES = useAll(MESSAGE_ROWS, LIVE);
const NOTIFIER = use(NOTIFIER_ROWS, {
  spool: RESTART,
  spool_max_entries: RESTART,
  spool_max_megabytes: RESTART,
  digest_over: LIVE,
  digest_topic: LIVE,
  resolved_topics: LIVE,
  max_age: LIVE,
  prometheus_server: RESTART,
});
const HANDLERS = useAll(HANDLER_ROWS, LIVE);
const BROADCASTS = useAll(BROADCAST_ROWS, LIVE);
export const PROCESS = use(PROCESS_ROWS, {
  config: INCLUDE,
  debug: LIVE,
  logfile: LIVE,
  log_format: RESTART,
});

/** All options of zulip.conf. */
export const ZULIP_OPTIONS = [
  ...CONNECTION,
  ...MESSAGES,
  ...NOTIFIER,
  ...HANDLERS,
  ...BROADCASTS,
  ...PROCESS,
];

export const ZULIP_GROUPS: readonly OptionGroup[] = [
  { title: "Zulip", options: CONNECTION },
  { title: "Messages", options: MESSAGES },
  { title: "The notifier", options: NOTIFIER },
  { title: "Event handlers", options: HANDLERS },
  { title: "Broadcasts of Thruk", options: BROADCASTS },
  { title: "The process", options: PROCESS },
];

export type ZulipValues = ValuesOf<(typeof ZULIP_OPTIONS)[number]>;
