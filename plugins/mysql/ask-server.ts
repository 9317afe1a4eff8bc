import { deadlineOf } from "../../sdk/deadline.ts";
import { type CheckContext, type CheckOutput, UNKNOWN } from "../../sdk/index.ts";
import { type Lease, leavingWith } from "../transport/databases/session-pool.ts";
import { isAddress, isUnknownHost } from "../transport/databases/unknown-host.ts";
import { TargetClock } from "../transport/timing.ts";
import { MACHINE, MYSQL_POOL } from "./client/pool.ts";
import type { Session } from "./client/session.ts";
import type { Machine } from "./libmariadb/machine.ts";
import { readTarget, type Target } from "./libmariadb/target.ts";
import type { ServerRequest } from "./request.ts";

/** How long a kept connection may take to show that the server still answers. */
const PROOF_MS = 2_000;

/**
 * Gives a login at the server of a command line. Throws a ConnectionFailure in libmariadb's words, and
 * declines what only libmariadb knows.
 */
export async function askServer<Answer>(
  request: ServerRequest & { readonly ahead?: string | undefined },
  context: CheckContext,
  ask: (lease: Lease<Session>) => Promise<Answer>,
): Promise<Answer> {
  const { shared } = context;
  const machine = shared(MACHINE);
  const { ahead } = request;
  const target = machine.knownTarget(request) ?? (await findTarget(request, machine));
  const pool = shared(MYSQL_POOL);
  const deadline = deadlineOf(context);
  const entering = pool.enter(target, deadline);
  const place = entering && (await entering);
  const taking = pool.take(target, { clock: new TargetClock(), deadline, proofMs: PROOF_MS, ahead });
  const lease = await leavingWith(taking, place);
  try {
    return await ask(lease);
  } finally {
    lease[Symbol.dispose]();
  }
}

/** What option files may change is looked up anew after some seconds. */
async function findTarget(request: ServerRequest, machine: Machine): Promise<Target> {
  await machine.requireKnownClient();
  const target = readTarget(request.login, await machine.readOptions(request.source), machine);
  machine.keepTarget(request, target);
  return target;
}

/** What a plugin prints of a host that has no address. Undefined: it has one, as each address itself has. */
export function findUnknownHost(
  { login: { host } }: ServerRequest,
  context: CheckContext,
  words: UsageWords,
): Promise<CheckOutput | undefined> | undefined {
  return host === undefined || isAddress(host) ? undefined : lookUp(host, context, words);
}

interface UsageWords {
  readonly name: string;
  readonly usage: readonly string[];
}

async function lookUp(
  host: string,
  context: CheckContext,
  { name, usage }: UsageWords,
): Promise<CheckOutput | undefined> {
  if (!(await isUnknownHost(host, context))) return undefined;
  const lines = [`${name}: Invalid hostname/address - ${host}`, "Usage:", ...usage, ""];
  return { returnCode: UNKNOWN, output: lines.join("\n") };
}
