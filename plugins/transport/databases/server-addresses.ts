import { ResolveError, type Resolver } from "../../../sdk/index.ts";
import { declineIfOutOfFiles } from "../shortage.ts";
import type { TargetClock } from "../timing.ts";

interface ResolveContext {
  readonly resolver: Resolver;
  readonly clock: TargetClock;
  readonly signal: AbortSignal;
}

/**
 * The addresses of a server, in the order to connect to them. Rejects with what `describe` makes of a name
 * without an address, or with the signal's reason.
 */
export async function resolveServer(
  host: string,
  { resolver, clock, signal }: ResolveContext,
  describe: (error: ResolveError) => Error,
) {
  const onTook = (ms: number) => clock.waited(ms);
  try {
    return await resolver.resolve(host, 0, signal, { onTook });
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    declineIfOutOfFiles();
    throw describe(error);
  }
}
