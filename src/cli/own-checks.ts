import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { NOTIFY_CHECK } from "./zulip/notify-check.ts";

/** The checks that the worker answers itself, and this program's own command for notifications. */
export const OWN_CHECKS = [...BUILTIN_CHECKS, NOTIFY_CHECK];
