import type { Manual } from "./manual.ts";
import { CHECK_MANUAL, PLUGIN_MANUAL } from "./pages/check.ts";
import { CONFIG_MANUAL, METRICS_MANUAL } from "./pages/config.ts";
import { CONTROL_MANUALS } from "./pages/control.ts";
import { COMPLETION_MANUAL, LINK_NAMES_MANUAL } from "./pages/names.ts";
import { PERFDATA_MANUAL } from "./pages/perfdata.ts";
import { CHECK_GEARMAN_MANUAL, TOP_MANUAL } from "./pages/queues.ts";
import { RUN_AND_SEND_MANUAL } from "./pages/run-and-send.ts";
import { SEND_MANUAL, SEND_MULTI_MANUAL } from "./pages/send.ts";
import { DEMO_MANUAL, DOCTOR_MANUAL, HANDLERS_MANUAL, SHADOW_MANUAL, SURVEY_MANUAL } from "./pages/site.ts";
import { RUN_MANUAL } from "./pages/worker.ts";
import { NOTIFY_MANUAL, ZULIP_BOT_MANUAL, ZULIP_MANUAL, ZULIP_NOTIFIER_MANUAL } from "./pages/zulip.ts";

/** One for each row of COMMANDS. */
export const MANUALS: readonly Manual[] = [
  RUN_MANUAL,
  CHECK_MANUAL,
  ...CONTROL_MANUALS,
  PLUGIN_MANUAL,
  DOCTOR_MANUAL,
  SURVEY_MANUAL,
  SHADOW_MANUAL,
  HANDLERS_MANUAL,
  CONFIG_MANUAL,
  METRICS_MANUAL,
  DEMO_MANUAL,
  LINK_NAMES_MANUAL,
  COMPLETION_MANUAL,
  SEND_MANUAL,
  CHECK_GEARMAN_MANUAL,
  TOP_MANUAL,
  SEND_MULTI_MANUAL,
  RUN_AND_SEND_MANUAL,
  PERFDATA_MANUAL,
  NOTIFY_MANUAL,
  ZULIP_NOTIFIER_MANUAL,
  ZULIP_BOT_MANUAL,
  ZULIP_MANUAL,
];

export function findManual(command: string): Manual {
  const manual = MANUALS.find(({ name }) => name === command);
  if (manual === undefined) throw new Error(`the command ${command} has no manual`);
  return manual;
}
