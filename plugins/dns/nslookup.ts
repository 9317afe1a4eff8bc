import { isIPv4 } from "node:net";
import { CheckDeclined, CheckFailure, CRITICAL } from "../../sdk/index.ts";
import { type AskContext, ask } from "./ask.ts";
import { type DnsRecord, type DnsReply, TYPES } from "./message.ts";
import { isPlainName } from "./request.ts";
import type { ResolvConf } from "./resolv-conf.ts";

/** What the plugin reads of nslookup's output. */
export interface Seen {
  /** Addresses, or names of an address, as nslookup prints them. */
  readonly addresses: readonly string[];
  readonly isAuthoritative: boolean;
}

export interface NslookupContext extends AskContext {
  readonly query: string;
  /** The server of `-s`. */
  readonly server: string | undefined;
  readonly conf: ResolvConf;
}

/**
 * The name does not exist, or has no answer, or the server does not know: all that is the same to the
 * plugin.
 */
export type Looked = Seen | "not found";

/**
 * Looks a name up as nslookup does: its IPv4 addresses, then its IPv6 addresses, or the names of an
 * address. Rejects with a CheckFailure, which is the plugin's whole answer, a CheckDeclined, or the
 * signal's reason.
 */
export async function lookUp(context: NslookupContext): Promise<Looked> {
  const { query } = context;
  if (isIPv4(query)) return lookUpAddress(context);
  const { name, reply: first } = await search(context);
  if (first.code !== NO_ERROR) return refuseOrMiss(first, context);
  const second = await askFor(context, { name: canonicalName(name, first.answers), type: TYPES.AAAA });
  if (second.code === NOT_THERE && namesOf(context).length > 1) throw odd();
  if (second.code !== NO_ERROR) return refuseOrMiss(second, context);
  if (first.answers.length === 0 && second.answers.length === 0) return "not found";
  const addresses = [...first.answers, ...second.answers].flatMap(renderAddress);
  return { addresses, isAuthoritative: first.isAuthoritative };
}

async function lookUpAddress(context: NslookupContext): Promise<Looked> {
  if (context.conf.ndots > DOTS_OF_ADDRESS) throw odd();
  const name = `${context.query.split(".").reverse().join(".")}.in-addr.arpa`;
  const reply = await askFor(context, { name, type: TYPES.PTR });
  if (reply.code !== NO_ERROR) return refuseOrMiss(reply, context);
  if (reply.answers.length === 0 || reply.answers.some(({ type }) => type !== TYPES.PTR)) throw odd();
  return {
    addresses: reply.answers.map(({ data }) => `${requireName(String(data))}.`),
    isAuthoritative: true,
  };
}

/** In `4.3.2.1.in-addr.arpa`. */
const DOTS_OF_ADDRESS = 5;

const [NO_ERROR, SERVER_FAILURE, NOT_THERE, REFUSED] = [0, 2, 3, 5];

function refuseOrMiss({ code }: DnsReply, { server = "" }: NslookupContext): "not found" {
  if (code === REFUSED) throw new CheckFailure(`Connection to DNS ${server} was refused\n`, CRITICAL);
  if (code !== NOT_THERE && code !== SERVER_FAILURE) throw odd();
  return "not found";
}

async function askFor(
  { server, conf, ...context }: NslookupContext,
  question: { readonly name: string; readonly type: number },
): Promise<DnsReply> {
  const servers = server === undefined ? conf.servers : [server];
  const [first = ""] = servers;
  const reply = await ask(first, question, context);
  // nslookup asks the next server.
  const goesOn = reply === undefined || reply.code === SERVER_FAILURE || !reply.isRecursive;
  if (servers.length > 1 && goesOn)
    throw new CheckDeclined("the first of several name servers does not know");
  if (reply !== undefined) return reply;
  throw new CheckFailure(`No response from DNS ${server ?? ""}\n`, CRITICAL);
}

/** Asks for one name after the other, until one is there. */
async function search(
  context: NslookupContext,
): Promise<{ readonly name: string; readonly reply: DnsReply }> {
  const [last = "", ...before] = [...namesOf(context)].reverse();
  for (const name of before.reverse()) {
    const reply = await askFor(context, { name, type: TYPES.A });
    if (reply.code !== NOT_THERE) return { name, reply };
  }
  return { name: last, reply: await askFor(context, { name: last, type: TYPES.A }) };
}

/** A name with few dots is tried in the domains of resolv.conf first. One with enough is not tried there. */
function namesOf({ query, conf }: NslookupContext): readonly string[] {
  const dots = query.split(".").length - 1;
  if (query.endsWith(".") || dots >= conf.ndots) return [query];
  const names = conf.search.map((domain) => `${query}.${domain}`);
  return [...names.map(requireName), query];
}

/** The name at the end of a chain of CNAMEs, whose IPv6 addresses nslookup asks for. */
function canonicalName(query: string, answers: readonly DnsRecord[]): string {
  let name = query.replace(/\.$/, "");
  for (const _ of answers) {
    const next = answers.find((each) => each.type === TYPES.CNAME && isSame(each.name, name));
    if (next === undefined) break;
    name = requireName(String(next.data));
  }
  return name;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function renderAddress({ name, type, data }: DnsRecord): readonly string[] {
  requireName(name);
  if (type === TYPES.CNAME) requireName(String(data));
  else if (typeof data === "string") throw odd();
  else return [type === TYPES.A ? [...data].join(".") : renderIpv6(data)];
  return [];
}

/** nslookup prints other characters in its own way, and the plugin looks for some words in every line. */
function requireName(name: string): string {
  if (!isPlainName(name)) throw odd();
  return name;
}

function odd(): CheckDeclined {
  return new CheckDeclined("a reply of a name server that only nslookup has words for");
}

/** The longest row of zeros is `::`, the first one of several. */
function renderIpv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at));
  // What begins like an IPv4 address in an IPv6 one is printed with dots.
  if (groups.slice(0, 5).every((group) => group === 0)) throw odd();
  const text = groups.map((group) => group.toString(16)).join(":");
  const rows = [...text.matchAll(/(?<![0-9a-f])0(?::0(?![0-9a-f]))+/g)];
  const longest = Math.max(0, ...rows.map(([row]) => row.length));
  const row = rows.find(([each]) => each.length === longest);
  if (row === undefined) return text;
  const [before, after] = [text.slice(0, row.index), text.slice(row.index + longest)];
  return `${before.replace(/:$/, "")}::${after.replace(/^:/, "")}`;
}
