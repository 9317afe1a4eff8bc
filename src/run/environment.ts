import type { ByteString } from "../byte-string.ts";
import type { Assignment } from "../executor/command.ts";
import type { Job } from "../job/job.ts";

/** In bytes. Linux takes no variable longer than 128 KiB with its name, so the text is cut. */
const MAX_VALUE = 131_072 - 64;

/**
 * The variables that a notification command gets in addition to the worker's own environment. If the core
 * names the host or service, only the variables of its kind are set. Present cores name neither in a
 * notification, so all four are set.
 */
export function notificationEnvironment(job: Job): readonly Assignment[] {
  if (job.type !== "notification") return [];
  const isService = job.serviceDescription !== undefined;
  const isHost = job.hostName !== undefined && !isService;
  const variables: [string, ByteString | undefined][] = [];
  if (!isHost) {
    variables.push(
      ["NAGIOS_SERVICEOUTPUT", job.pluginOutput],
      ["NAGIOS_LONGSERVICEOUTPUT", job.longPluginOutput],
    );
  }
  if (!isService) {
    variables.push(["NAGIOS_HOSTOUTPUT", job.pluginOutput], ["NAGIOS_LONGHOSTOUTPUT", job.longPluginOutput]);
  }
  return variables.flatMap(([name, value]) => (isGiven(value) ? [[name, readValue(value)]] : []));
}

/** The core prints `(null)` for an output that it does not have. */
function isGiven(value: ByteString | undefined): value is ByteString {
  return value !== undefined && value !== "(null)";
}

function readValue(value: ByteString): ByteString {
  return value.replaceAll("\0", "").slice(0, MAX_VALUE);
}
