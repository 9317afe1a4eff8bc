import type { ConfigTable } from "../../../src/config/table.ts";
import { withDefaults } from "../../../src/config/values.ts";
import type { SpoolLimits } from "../../spool/spool-folder.ts";
import { MAX_ENTRY_BYTES } from "../notify/notice-entry.ts";
import type { HandlerReporting } from "../sources/handler-reports.ts";
import { type BroadcastSettings, completeBroadcasts } from "./broadcasts.ts";
import { type Connection, completeConnection } from "./connection.ts";
import { completeReporting } from "./handler-reporting.ts";
import { completeMessages, type MessageSettings } from "./messages.ts";
import { ZULIP_GROUPS, ZULIP_OPTIONS, type ZulipValues } from "./options.ts";

/** Each option can be set in the environment: `digest_over` is OMD_ZULIP_DIGEST_OVER. */
const VARIABLES = { prefix: "OMD_ZULIP_", others: [] } as const;

export interface SpoolSettings {
  readonly folder: string;
  readonly limits: SpoolLimits;
}

/** All that the notifier needs. */
export interface NotifierSettings {
  readonly values: ZulipValues;
  readonly connection: Connection;
  readonly messages: MessageSettings;
  readonly spool: SpoolSettings;
  /** Undefined: runs of event handlers are not reported. */
  readonly reporting: HandlerReporting | undefined;
  /** Undefined: broadcasts of Thruk are not told. */
  readonly broadcasts: BroadcastSettings | undefined;
}

export const NOTIFIER_TABLE: ConfigTable<NotifierSettings> = {
  groups: ZULIP_GROUPS,
  variables: VARIABLES,
  complete: (draft, context) => {
    const values = withDefaults(ZULIP_OPTIONS, draft, context.machine);
    const connection = completeConnection(values, draft, context);
    const messages = completeMessages(values, draft, context);
    const reporting = completeReporting(values, messages.style);
    const broadcasts = completeBroadcasts(values, messages.style, context);
    const spool = spoolOf(values);
    return { config: { values, connection, messages, spool, reporting, broadcasts } };
  },
};

/** What a call needs that puts a notification into the spool: a mistake elsewhere must not lose it. */
export const SPOOL_TABLE: ConfigTable<SpoolSettings> = {
  groups: ZULIP_GROUPS,
  variables: VARIABLES,
  complete: (draft, { machine }) => ({ config: spoolOf(withDefaults(ZULIP_OPTIONS, draft, machine)) }),
};

/** What is needed to ask a Zulip server for something. */
export const CONNECTION_TABLE: ConfigTable<Connection> = {
  groups: ZULIP_GROUPS,
  variables: VARIABLES,
  complete: (draft, context) => ({
    config: completeConnection(withDefaults(ZULIP_OPTIONS, draft, context.machine), draft, context),
  }),
};

function spoolOf({ spool, spoolMaxEntries, spoolMaxMegabytes }: ZulipValues): SpoolSettings {
  const bytes = spoolMaxMegabytes * 1024 * 1024;
  return { folder: spool, limits: { entries: spoolMaxEntries, bytes, entryBytes: MAX_ENTRY_BYTES } };
}
