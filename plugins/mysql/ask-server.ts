import { type CheckContext, type CheckOutput, UNKNOWN } from "../../sdk/index.ts";
import type { Lease } from "../transport/databases/session-pool.ts";
import { isUnknownHost } from "../transport/databases/unknown-host.ts";
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
  { shared, signal }: CheckContext,
  ask: (lease: Lease<Session>) => Promise<Answer>,
): Promise<Answer> {
  const machine = shared(MACHINE);
  const { ahead } = request;
  const target = machine.knownTarget(request) ?? (await findTarget(request, machine));
  const pool = shared(MYSQL_POOL);
  using place = await pool.enter(target, signal);
  using lease = await pool.take(target, { clock: new TargetClock(), signal, proofMs: PROOF_MS, ahead });
  place?.[Symbol.dispose]();
  return await ask(lease);
}

/** What option files may change is looked up anew after some seconds. */
async function findTarget(request: ServerRequest, machine: Machine): Promise<Target> {
  await machine.requireKnownClient();
  const target = readTarget(request.login, await machine.readOptions(request.source), machine);
  machine.keepTarget(request, target);
  return target;
}

/** What a plugin prints of a host that has no address. */
export async function findUnknownHost(
  { login: { host } }: ServerRequest,
  context: CheckContext,
  { name, usage }: { readonly name: string; readonly usage: readonly string[] },
): Promise<CheckOutput | undefined> {
  if (host === undefined || !(await isUnknownHost(host, context))) return undefined;
  const lines = [`${name}: Invalid hostname/address - ${host}`, "Usage:", ...usage, ""];
  return { returnCode: UNKNOWN, output: lines.join("\n") };
}
