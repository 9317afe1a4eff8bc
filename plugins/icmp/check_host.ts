import { type CheckContext, type CheckOutput, defineCheck, OK } from "../../sdk/index.ts";
import { answerIcmp, type PingedHost, renderFloatMs } from "./answer.ts";
import { ask, findDestinations, type SendPlan } from "./destinations.ts";
import { ICMP_OPTIONS, type IcmpDefaults, type IcmpRequest, readIcmpRequest } from "./options.ts";
import { findMissingPingRight } from "./ping-right.ts";
import { ICMP } from "./sender/sender.ts";

const DEFAULTS: IcmpDefaults = {
  interval: 1_000_000,
  warning: { rta: 1_000_000, loss: 100 },
  critical: { rta: 1_000_000, loss: 100 },
};

export const checkHost = defineCheck({
  name: "check_host",
  summary: "whether any of a host's addresses answers an echo request",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  whyNotHere: findMissingPingRight,
  options: ICMP_OPTIONS,
  read: (argv) => readIcmpRequest(argv, DEFAULTS),
  target: ({ targets }) => (targets.length === 1 ? targets[0] : undefined),
  run,
});

/** Ends with the first reply, or with the first address a router reports as unreachable. */
async function run(request: IcmpRequest, context: CheckContext): Promise<CheckOutput> {
  const variant = { plugin: "check_host", takesAllAddresses: true };
  const destinations = await findDestinations(request, variant, context);
  const end = new AbortController();
  const plan: SendPlan = {
    request,
    hostCount: destinations.length,
    rules: ["first"],
    sender: context.shared(ICMP),
    limits: { signal: context.signal, enough: end.signal },
  };
  let first: PingedHost | undefined;
  const pinging = destinations.map(async (destination) => {
    const pinged = await ask(destination, plan);
    const { received, error } = pinged.report;
    if (received > 0 && !end.signal.aborted) first = pinged;
    if (received > 0 || error !== undefined) end.abort();
    return pinged;
  });
  const all = await Promise.all(pinging);
  return first === undefined ? answerIcmp(all, request) : answerAlive(first, request);
}

function answerAlive({ name, report }: PingedHost, request: IcmpRequest): CheckOutput {
  const { packets, warning, critical } = request;
  const rta = renderFloatMs(report.sum);
  const limits = `${renderFloatMs(warning.rta)};${renderFloatMs(critical.rta)}`;
  const perfdata = `pkt=1;;;0;${packets} rta=${rta};${limits};;`;
  return { returnCode: OK, output: `OK - ${name} responds to ICMP. Packet 1, rta ${rta}ms|${perfdata}\n` };
}
