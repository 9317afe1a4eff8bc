import {
  type CheckContext,
  CheckDeclined,
  CheckFailure,
  type CheckOutput,
  defineCheck,
  RESOLVER,
  type State,
  withinSeconds,
} from "../../sdk/index.ts";
import { errnoName } from "../libc/errno.ts";
import { DialError, dial, resolveHost } from "../transport/dial.ts";
import { stopwatch, TargetClock } from "../transport/timing.ts";
import { ask } from "./ask.ts";
import type { HttpCommand } from "./command.ts";
import { HttpConnection } from "./connection.ts";
import { curlFailure, readCurlAnswer } from "./curl/answer.ts";
import { readCurlCommand } from "./curl/command.ts";
import { renderCurlRequest } from "./curl/request.ts";
import { AnswerEnd } from "./framing.ts";
import { judgeStatus, judgeVisit, usesBody, type Visit } from "./judge.ts";
import { HTTP_OPTIONS } from "./options.ts";
import { HTTP_PAGES, type PageBudget } from "./page-budget.ts";
import { Reception } from "./reception.ts";
import { renderUrl } from "./request.ts";

export const checkCurl = defineCheck({
  name: "check_curl",
  summary: "a page, as check_http, in the words of check_curl",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: HTTP_OPTIONS,
  read: readCurlCommand,
  target: ({ target }) => target.address,
  run,
});

interface CurlContext {
  readonly resolver: Parameters<typeof dial>[1]["resolver"];
  readonly pages: PageBudget;
  readonly clock: TargetClock;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** How far a request has come, for the text of a time-out. */
interface Progress {
  stage: "resolving" | "connecting" | "asking";
  reception?: Reception;
}

async function run(command: HttpCommand, { signal, shared }: CheckContext): Promise<CheckOutput> {
  const { target, expectations } = command;
  const clock = new TargetClock();
  const elapsed = stopwatch(clock);
  const progress: Progress = { stage: "resolving" };
  const link = `<A HREF="${renderUrl({ ...target, port: target.hostPort })}" target="_blank">`;
  const answer = (returnCode: State, text: string) => ({
    returnCode,
    output: `${expectations.isLinked ? link : ""}${text}`,
  });
  const onTimeout = () => curlFailure(target, 28, renderTimeout(progress, expectations.timeout));
  const values = { clock, progress, resolver: shared(RESOLVER), pages: shared(HTTP_PAGES) };
  try {
    const visit = await withinSeconds({ seconds: expectations.timeout, signal, onTimeout }, (deadline) =>
      visitPage(command, { ...values, signal: deadline }),
    );
    const { state, text } = await judgeVisit(visit, elapsed(), { expectations, signal });
    return answer(state, text);
  } catch (error) {
    if (error instanceof CheckFailure) return answer(error.state, error.message);
    throw error;
  }
}

/** libcurl counts milliseconds, and wakes up one after the time-out at the earliest. */
function renderTimeout({ stage, reception }: Progress, seconds: number): string {
  const after = `timed out after ${seconds * 1000 + 1} milliseconds`;
  if (stage === "resolving") return `Resolving ${after}`;
  if (stage === "connecting") return `Connection ${after}`;
  const { text = "" } = reception?.finish() ?? {};
  const [head = ""] = /^.*?\r\n\r\n/s.exec(text) ?? [];
  const [, length] = /^content-length: *([0-9]+)/im.exec(head) ?? [];
  const received = head === "" ? 0 : text.length - head.length;
  return `Operation ${after} with ${received}${length === undefined ? "" : ` out of ${length}`} bytes received`;
}

/** Asks for the page. A redirect that is to be followed is left to the plugin. */
async function visitPage(command: HttpCommand, context: CurlContext): Promise<Visit> {
  const { target, expectations, request } = command;
  const { clock, signal, progress } = context;
  const tcp = await connect(command, context);
  progress.stage = "asking";
  using connection = new HttpConnection(tcp);
  const end = new AnswerEnd(request.method, { endsWithLength: true });
  const reception = new Reception({ stopsAtHeader: false, end, clock });
  progress.reception = reception;
  const { ending } = await ask(
    connection,
    { request: renderCurlRequest(target, request), reception },
    context,
  );
  if (tcp.errored !== null)
    throw new CheckDeclined("a server reset the connection before its words were read");
  const { page, title } = await readCurlAnswer(reception, ending, { target, signal });
  // The plugin searches and prints what happens to be in its memory.
  if (page.body === "" && usesBody(expectations))
    throw new CheckDeclined("only the plugin knows what it reads of no page");
  const status = judgeStatus(page, target, expectations);
  if (status.kind === "redirect")
    throw new CheckDeclined("only libcurl is sure to follow redirects as it does");
  const remark = expectations.expect === undefined ? "" : status.text;
  return { target, page, title, remark, times: NO_TIMES, states: [status.state] };
}

const NO_TIMES = { connect: 0, tls: 0, headers: 0, firstByte: 0, transfer: 0 };

async function connect({ target, family }: HttpCommand, context: CurlContext) {
  const { clock, progress } = context;
  const { address: host, port } = target;
  const begin = performance.now();
  try {
    const addresses = await resolveHost({ host, family }, context);
    // libcurl tries both families at the same time.
    if (new Set(addresses.map((each) => each.family)).size > 1 && host !== "localhost")
      throw new CheckDeclined("the name has addresses of both families");
    progress.stage = "connecting";
    const socket = await dial({ host, port, family }, context);
    clock.tick();
    return socket;
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    if (error.step === "resolve") throw curlFailure(target, 6, `Could not resolve host: ${host}`);
    if (error.step !== "connect" || errnoName(error.cause) !== "ECONNREFUSED")
      throw new CheckDeclined("only libcurl knows what it says of this failure", { cause: error });
    const after = Math.trunc(performance.now() - begin);
    const text = `Failed to connect to ${host} port ${port} after ${after} ms: Couldn't connect to server`;
    throw curlFailure(target, 7, text);
  }
}
