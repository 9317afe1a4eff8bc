import { type CheckContext, type CheckOutput, defineCheck } from "../../sdk/index.ts";
import { answerIcmp } from "./answer.ts";
import { ask, findDestinations } from "./destinations.ts";
import { ICMP_OPTIONS, type IcmpDefaults, type IcmpRequest, readIcmpRequest } from "./options.ts";
import { findMissingPingRight } from "./ping-right.ts";
import { ICMP } from "./sender/sender.ts";

const DEFAULTS: IcmpDefaults = {
  interval: 80_000,
  warning: { rta: 200_000, loss: 40 },
  critical: { rta: 500_000, loss: 80 },
};

export const checkIcmp = defineCheck({
  name: "check_icmp",
  summary: "round trip time and loss of echo requests",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  whyNotHere: findMissingPingRight,
  options: ICMP_OPTIONS,
  read: (argv) => readIcmpRequest(argv, DEFAULTS),
  target: ({ targets }) => (targets.length === 1 ? targets[0] : undefined),
  run,
});

async function run(request: IcmpRequest, context: CheckContext): Promise<CheckOutput> {
  const variant = { plugin: "check_icmp", takesAllAddresses: false };
  const destinations = await findDestinations(request, variant, context);
  const plan = {
    request,
    hostCount: destinations.length,
    rules: [],
    sender: context.shared(ICMP),
    limits: { signal: context.signal },
  };
  return answerIcmp(await Promise.all(destinations.map((each) => ask(each, plan))), request);
}
