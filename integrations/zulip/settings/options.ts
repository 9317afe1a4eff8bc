import { INCLUDE, RESTART } from "../../../src/config/option.ts";
import { PROCESS_ROWS } from "../../../src/config/rows/process.ts";
import { type OptionGroup, use, useAll } from "../../../src/config/table.ts";
import type { ValuesOf } from "../../../src/config/values.ts";
import { BROADCAST_ROWS, CONNECTION_ROWS, HANDLER_ROWS, MESSAGE_ROWS, NOTIFIER_ROWS } from "./rows.ts";

const CONNECTION = useAll(CONNECTION_ROWS, RESTART);
const MESSAGES = useAll(MESSAGE_ROWS, RESTART);
const NOTIFIER = useAll(NOTIFIER_ROWS, RESTART);
const HANDLERS = useAll(HANDLER_ROWS, RESTART);
const BROADCASTS = useAll(BROADCAST_ROWS, RESTART);
const PROCESS = use(PROCESS_ROWS, { config: INCLUDE, debug: RESTART, logfile: RESTART, log_format: RESTART });

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
