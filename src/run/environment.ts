import type { ByteString } from "../byte-string.ts";
import type { Assignment } from "../executor/command.ts";
import type { Job } from "../job/job.ts";

/** Linux takes no variable longer than 128 KiB, name included: better a cut text than no notification. */
const MAX_VALUE = 131_072 - 64;

/**
 * The variables a notification command gets beside the worker's own environment. A core that names the object decides which
 * pair is set; present ones name neither host nor service in a notification, so both pairs are.
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

/** `(null)` is how the core prints an output it does not have. */
function isGiven(value: ByteString | undefined): value is ByteString {
  return value !== undefined && value !== "(null)";
}

function readValue(value: ByteString): ByteString {
  return value.replaceAll("\0", "").slice(0, MAX_VALUE);
}
