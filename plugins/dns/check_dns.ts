import {
  type CheckContext,
  CheckDeclined,
  CheckFailure,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  fperfdata,
  getStatus,
  OK,
  RESOLVER,
  STATE_NAMES,
  withinSeconds,
} from "../../sdk/index.ts";
import { sprintf } from "../libc/printf.ts";
import { TargetClock } from "../transport/timing.ts";
import { BIND_VERSION } from "./bind-version.ts";
import { compare } from "./expected.ts";
import { type Looked, lookUp, type Seen } from "./nslookup.ts";
import { DNS_OPTIONS } from "./options.ts";
import { type DnsRequest, readDnsRequest } from "./request.ts";
import { readResolvConf } from "./resolv-conf.ts";

export const checkDns = defineCheck({
  name: "check_dns",
  summary: "what a name server says of a name, or of an address",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: DNS_OPTIONS,
  read: readDnsRequest,
  target: ({ server }) => server,
  run,
});

const onTimeout = () =>
  new CheckFailure("CRITICAL - Plugin timed out while executing system call\n", CRITICAL);

async function run(request: DnsRequest, { shared, signal }: CheckContext): Promise<CheckOutput> {
  const { query, server, timeout } = request;
  shared(BIND_VERSION).require();
  const conf = readResolvConf();
  const resolver = shared(RESOLVER);
  return withinSeconds({ seconds: timeout, signal, onTimeout }, async (deadline) => {
    const clock = new TargetClock();
    const onReceived = () => clock.tick();
    const looked = await lookUp({ query, server, conf, resolver, signal: deadline, onReceived });
    return judge(looked, clock.seconds, request);
  });
}

function judge(looked: Looked, time: number, request: DnsRequest): CheckOutput {
  const { query, expectsNone } = request;
  if (looked === "not found") {
    if (expectsNone) return renderTime("NXDOMAIN", time, request);
    return { returnCode: CRITICAL, output: `Domain '${query}' was not found by the server\n` };
  }
  const addresses = [...looked.addresses].sort(byBytes);
  const fault = findFault(looked, addresses, request);
  if (fault !== undefined) return { returnCode: CRITICAL, output: `DNS CRITICAL - ${fault}\n` };
  return renderTime(addresses.join(","), time, request);
}

const MOST_COMPARED = 30;

function findFault(looked: Seen, addresses: readonly string[], request: DnsRequest): string | undefined {
  const { query, server = "", expected, isAll, expectsNone, expectsAuthority } = request;
  const shown = addresses.join(",");
  if (expectsNone) return `Domain '${query}' was found by the server: '${shown}'\n`;
  if (expected.length > 0 && addresses.length > MOST_COMPARED)
    throw new CheckDeclined("more addresses than the plugin has bits for");
  const { isMet, isComplete } = compare(expected, addresses);
  if (expected.length > 0 && (!isMet || (isAll && !isComplete)))
    return `expected '${expected.map(({ text }) => text).join("; ")}' but got '${shown}'`;
  if (expectsAuthority && !looked.isAuthoritative)
    return `server ${server} is not authoritative for ${query}`;
  return undefined;
}

function renderTime(shown: string, time: number, { query, warning, critical }: DnsRequest): CheckOutput {
  const state = getStatus(time, { warning, critical });
  const title = state === OK || state === CRITICAL ? STATE_NAMES[state] : "WARNING";
  const text = sprintf("%.3f %s response time", time, time >= 1 && time < 2 ? "second" : "seconds");
  const perfdata = fperfdata("time", time, "s", {
    warning: warning && endOf(warning.end),
    critical: critical && endOf(critical.end),
    min: 0,
  });
  return { returnCode: state, output: `DNS ${title}: ${text}. ${query} returns ${shown}|${perfdata}\n` };
}

/** The end of a range without one is 0 for the plugin. */
function endOf(end: number): number {
  return Number.isFinite(end) ? end : 0;
}

/** As strcmp compares. */
function byBytes(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
