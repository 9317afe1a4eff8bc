import {
  type CheckContext,
  CheckDeclined,
  CheckFailure,
  type CheckOutput,
  defineCheck,
  OK,
  RESOLVER,
  type State,
  withinSeconds,
} from "../../sdk/index.ts";
import { judgeCertificate } from "../transport/certificate.ts";
import { stopwatch, TargetClock } from "../transport/timing.ts";
import { TLS_CONTEXTS } from "../transport/tls-contexts.ts";
import { ask } from "./ask.ts";
import type { HttpCommand } from "./command.ts";
import { HttpConnection } from "./connection.ts";
import { type CurlPage, curlFailure, readCurlAnswer } from "./curl/answer.ts";
import { readCurlCertificate } from "./curl/certificate.ts";
import { readCurlCommand } from "./curl/command.ts";
import { type CurlConnectContext, type CurlConnection, connectAsCurl, type Stage } from "./curl/connect.ts";
import { HTTP2_SERVERS } from "./curl/http2-servers.ts";
import { renderCurlRequest } from "./curl/request.ts";
import { AnswerEnd } from "./framing.ts";
import { judgeStatus, judgeVisit, usesBody, type Visit } from "./judge.ts";
import { HTTP_OPTIONS } from "./options.ts";
import { HTTP_PAGES, type PageBudget } from "./page-budget.ts";
import { Reception } from "./reception.ts";
import { type HttpTarget, renderUrl } from "./request.ts";

export const checkCurl = defineCheck({
  name: "check_curl",
  summary: "a page, as check_http, in the words of check_curl",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: HTTP_OPTIONS,
  read: readCurlCommand,
  target: ({ target }) => target.address,
  run,
});

interface CurlContext extends CurlConnectContext {
  readonly pages: PageBudget;
  readonly progress: Progress;
  /** Adds a text before the answer, whatever that is. */
  readonly print: (text: string) => void;
}

/** How far a request has come, for the text of a time-out. */
interface Progress extends Stage {
  reception?: Reception;
}

async function run(command: HttpCommand, { signal, shared }: CheckContext): Promise<CheckOutput> {
  const { target, expectations } = command;
  const clock = new TargetClock();
  const elapsed = stopwatch(clock);
  const progress: Progress = { stage: "resolving" };
  const link = `<A HREF="${renderUrl({ ...target, port: target.hostPort })}" target="_blank">`;
  const printed = expectations.isLinked ? [link] : [];
  const answer = (returnCode: State, text: string) => ({ returnCode, output: printed.join("") + text });
  const onTimeout = () => timedOut(target, progress, expectations.timeout);
  const values = {
    clock,
    progress,
    resolver: shared(RESOLVER),
    contexts: shared(TLS_CONTEXTS),
    http2Servers: shared(HTTP2_SERVERS),
    pages: shared(HTTP_PAGES),
    print: (text: string) => void printed.push(text),
  };
  try {
    const visit = await withinSeconds({ seconds: expectations.timeout, signal, onTimeout }, (deadline) =>
      visitPage(command, { ...values, signal: deadline }),
    );
    if (visit.kind === "certificate") return answer(visit.state, "");
    const { state, text } = await judgeVisit(visit, elapsed(), { expectations, signal });
    return answer(state, text);
  } catch (error) {
    if (error instanceof CheckFailure) return answer(error.state, error.message);
    throw error;
  }
}

/** libcurl counts milliseconds, and wakes up one after the time-out at the earliest. */
function timedOut(target: HttpTarget, { stage, reception }: Progress, seconds: number): Error {
  const after = `timed out after ${seconds * 1000 + 1} milliseconds`;
  const failure = (text: string) => curlFailure(target, 28, text);
  if (stage === "resolving") return failure(`Resolving ${after}`);
  if (stage === "connecting") return failure(`Connection ${after}`);
  const { text = "" } = reception?.finish() ?? {};
  const [head = ""] = /^.*?\r\n\r\n/s.exec(text) ?? [];
  if ((text !== "" && head === "") || /^transfer-encoding:/im.test(head))
    return new CheckDeclined("only libcurl knows what it has read of this page");
  const [, length] = /^content-length: *([0-9]+)/im.exec(head) ?? [];
  const received = head === "" ? 0 : text.length - head.length;
  const all = length === undefined ? "" : ` out of ${length}`;
  return failure(`Operation ${after} with ${received}${all} bytes received`);
}

type Visited = { readonly kind: "certificate"; readonly state: State } | ({ readonly kind: "page" } & Visit);

/** Asks for the page. A redirect that is to be followed is left to the plugin. */
async function visitPage(command: HttpCommand, context: CurlContext): Promise<Visited> {
  const { target, expectations, tls: options } = command;
  const { tcp, tls } = await connectAsCurl(command, context);
  using connection = new HttpConnection(tls ?? tcp, tcp);
  const certificate = tls && options.expiry && readCurlCertificate(tls);
  const { page, title } = await askForPage(connection, { tcp, tls }, { command, context });
  // Only when it has the page does the plugin look at the certificate.
  const judged = certificate && options.expiry && judgeCertificate(certificate, options.expiry);
  if (judged !== undefined) context.print(judged.text);
  if (judged !== undefined && !options.continues) return { kind: "certificate", state: judged.state };
  // The plugin searches and prints what happens to be in its memory.
  if (page.body === "" && usesBody(expectations))
    throw new CheckDeclined("only the plugin knows what it reads of no page");
  const status = judgeStatus(page, target, expectations);
  if (status.kind === "redirect")
    throw new CheckDeclined("only libcurl is sure to follow redirects as it does");
  const remark = expectations.expect === undefined ? "" : status.text;
  // The state of the certificate is lost, but with a redirect that is not followed.
  const isRedirect = expectations.expect === undefined && / 3[0-9]{2} /.test(title);
  const states = [status.state, isRedirect ? (judged?.state ?? OK) : OK];
  return { kind: "page", target, page, title, remark, times: NO_TIMES, states };
}

const NO_TIMES = { connect: 0, tls: 0, headers: 0, firstByte: 0, transfer: 0 };

async function askForPage(
  connection: HttpConnection,
  { tcp, tls }: CurlConnection,
  { command, context }: { readonly command: HttpCommand; readonly context: CurlContext },
): Promise<CurlPage> {
  const { target, request } = command;
  const { clock, progress, signal } = context;
  progress.stage = "asking";
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
  // Node does not tell whether the server ended the encryption before it closed the connection.
  if (tls !== undefined && ending !== "complete")
    throw new CheckDeclined("only libcurl is sure to read the end of an answer over TLS as it does");
  const answer = await readCurlAnswer(reception, ending, { target, signal });
  // libcurl lets such a server ask for a certificate later on, which Node cannot do.
  if (tls?.getProtocol() === "TLSv1.3" && reception.head?.status === 403)
    throw new CheckDeclined("only libcurl can be asked for a certificate after the handshake");
  return answer;
}
