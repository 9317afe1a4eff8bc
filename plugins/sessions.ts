import type { SessionModule } from "../sdk/context/sessions.ts";
import { AUTHOR_SNMP } from "./snmp/author-sessions.ts";
import { AUTHOR_SSH } from "./ssh/author-sessions.ts";

/**
 * The sessions for a site's own checks. A thread of these checks loads this module by its URL, when a check
 * asks for a session.
 */
export const { snmp, ssh }: SessionModule = { snmp: AUTHOR_SNMP, ssh: AUTHOR_SSH };
