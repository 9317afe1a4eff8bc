import { startSnmpAgent } from "./snmp/session/agent.ts";

/** Answers SNMP for a device that the demo makes up. */
export const START_SNMP_AGENT = startSnmpAgent;
