import { type CheckContext, type CheckOutput, defineCheck, RESOLVER } from "../../sdk/index.ts";
import { TLS_CONTEXTS } from "../transport/tls-contexts.ts";
import { exchange } from "./exchange.ts";
import { NRPE_OPTIONS } from "./options.ts";
import { Ended, Printed } from "./printed.ts";
import { type NrpeRequest, readNrpeRequest } from "./request.ts";
import { TLS_SESSIONS } from "./sessions.ts";

export const checkNrpe = defineCheck({
  name: "check_nrpe",
  summary: "a plugin on another machine, run by its NRPE daemon",
  replaces: { suite: "NRPE Plugin for Nagios", versions: ["4.1.0"] },
  options: NRPE_OPTIONS,
  read: readNrpeRequest,
  target: ({ host }) => host,
  run,
});

async function run(request: NrpeRequest, context: CheckContext): Promise<CheckOutput> {
  const { signal } = context;
  const shared = {
    resolver: context.shared(RESOLVER),
    contexts: context.shared(TLS_CONTEXTS),
    sessions: context.shared(TLS_SESSIONS),
  };
  const printed = new Printed(request.joinsStreams);
  try {
    const returnCode = await exchange(request, { ...shared, printed, signal });
    return printed.end({ returnCode, first: "" });
  } catch (error) {
    if (error instanceof Ended) return printed.end(error);
    throw error;
  }
}
