import { type CheckContext, type CheckOutput, defineCheck, OK } from "../../sdk/index.ts";
import { answerIcmp, renderFloatMs, type Target } from "./answer.ts";
import { ICMP_OPTIONS, type IcmpDefaults, type IcmpRequest, readIcmpRequest } from "./options.ts";
import { ICMP } from "./sender/sender.ts";
import { type Asking, ask, findDestinations } from "./targets.ts";

const DEFAULTS: IcmpDefaults = {
  interval: 1_000_000,
  warning: { rta: 1_000_000, loss: 100 },
  critical: { rta: 1_000_000, loss: 100 },
};

export const checkHost = defineCheck({
  name: "check_host",
  summary: "whether any of a host's addresses answers an echo request",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: ICMP_OPTIONS,
  read: (argv) => readIcmpRequest(argv, DEFAULTS),
  run,
});

/** Ends with the first reply of all, and with the first address that is said to be out of reach. */
async function run(request: IcmpRequest, context: CheckContext): Promise<CheckOutput> {
  const manner = { plugin: "check_host", takesAllAddresses: true };
  const destinations = await findDestinations(request, manner, context);
  const end = new AbortController();
  const asking: Asking = {
    ...{ request, targets: destinations.length, rules: ["first"], sender: context.shared(ICMP) },
    limits: { signal: context.signal, enough: end.signal },
  };
  let first: Target | undefined;
  const targets = destinations.map(async (destination) => {
    const target = await ask(destination, asking);
    const { received, error } = target.report;
    if (received > 0 && !end.signal.aborted) first = target;
    if (received > 0 || error !== undefined) end.abort();
    return target;
  });
  const all = await Promise.all(targets);
  return first === undefined ? answerIcmp(all, request) : answerAlive(first, request);
}

function answerAlive({ name, report }: Target, request: IcmpRequest): CheckOutput {
  const { packets, warning, critical } = request;
  const rta = renderFloatMs(report.sum);
  const limits = `${renderFloatMs(warning.rta)};${renderFloatMs(critical.rta)}`;
  const perfdata = `pkt=1;;;0;${packets} rta=${rta};${limits};;`;
  return { returnCode: OK, output: `OK - ${name} responds to ICMP. Packet 1, rta ${rta}ms|${perfdata}\n` };
}
