import {
  type CheckContext,
  CheckFailure,
  type CheckOutput,
  defineCheck,
  RESOLVER,
  type State,
  withinSeconds,
} from "../../sdk/index.ts";
import { socketTimeout, stopwatch, TargetClock } from "../transport/timing.ts";
import { TlsError } from "../transport/tls.ts";
import { TLS_CONTEXTS } from "../transport/tls-contexts.ts";
import { type HttpCommand, readHttpCommand } from "./command.ts";
import { HTTP_CONNECTIONS } from "./connections.ts";
import { type ExchangeContext, exchange } from "./exchange.ts";
import { judgeStatus, judgeVisit, type Visit } from "./judge.ts";
import { HTTP_OPTIONS } from "./options.ts";
import { HTTP_PAGES } from "./page-budget.ts";
import { followRedirect, type Hop } from "./redirect.ts";
import { renderUrl } from "./request.ts";

export const checkHttp = defineCheck({
  name: "check_http",
  summary: "a page, plain or over TLS, and the server's certificate",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: HTTP_OPTIONS,
  read: readHttpCommand,
  target: ({ target }) => target.address,
  run,
});

async function run(command: HttpCommand, { signal, shared }: CheckContext): Promise<CheckOutput> {
  const { target, expectations } = command;
  const clock = new TargetClock();
  const elapsed = stopwatch(clock);
  const printed = expectations.isLinked ? [`<A HREF="${renderUrl(target)}" target="_blank">`] : [];
  const answer = (returnCode: State, text: string) => ({ returnCode, output: printed.join("") + text });
  const limit = { seconds: expectations.timeout, signal, onTimeout: socketTimeout(expectations.timeout) };
  const values = {
    clock,
    resolver: shared(RESOLVER),
    contexts: shared(TLS_CONTEXTS),
    connections: shared(HTTP_CONNECTIONS),
    pages: shared(HTTP_PAGES),
    print: (text: string) => void printed.push(text),
  };
  try {
    const visit = await withinSeconds(limit, (deadline) =>
      visitPage(command, { ...values, signal: deadline }),
    );
    if (visit.kind === "certificate") return answer(visit.state, "");
    const { state, text } = await judgeVisit(visit, elapsed(), { expectations, signal });
    return answer(state, text);
  } catch (error) {
    if (error instanceof CheckFailure) return answer(error.state, error.message);
    throw error instanceof TlsError ? error.decline(printed) : error;
  }
}

type Visited = { readonly kind: "certificate"; readonly state: State } | ({ readonly kind: "page" } & Visit);

/** Asks for the page, and follows redirects. */
async function visitPage(command: HttpCommand, context: ExchangeContext): Promise<Visited> {
  const { expectations, maximumRedirects: maximum } = command;
  const end = expectations.isLinked ? "</A>" : "";
  let hop: Hop = { target: command.target, scheme: "http", depth: 0 };
  for (;;) {
    const { target } = hop;
    const met = await exchange(target, command, context);
    if (met.kind === "certificate") return met;
    const status = judgeStatus(met.page, target, expectations);
    if (status.kind === "final") {
      return { ...met, target, title: status.text, states: [status.state, met.state] };
    }
    hop = followRedirect(met.page, hop, { rules: { ...status.rules, maximum }, end });
  }
}
