import {
  type CheckContext,
  CheckFailure,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  fperfdata,
  OK,
  RESOLVER,
  ResolveError,
  STATE_NAMES,
  type State,
  UNKNOWN,
  WARNING,
  withinSeconds,
} from "../../sdk/index.ts";
import { sprintf } from "../libc/printf.ts";
import { type DialContext, DialError, dial } from "../transport/dial.ts";
import { socketTimeout, TargetClock } from "../transport/timing.ts";
import { TLS_CONTEXTS, type TlsContexts } from "../transport/tls-contexts.ts";
import { converse, type SmtpResult } from "./conversation.ts";
import { SMTP_OPTIONS } from "./options.ts";
import { readSmtpRequest, type SmtpRequest } from "./request.ts";

export const checkSmtp = defineCheck({
  name: "check_smtp",
  summary: "an SMTP or LMTP server's answers",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: SMTP_OPTIONS,
  read: readSmtpRequest,
  target: ({ host }) => host,
  run,
});

/** The plugin takes a name that it cannot resolve for a mistake on its command line. */
const USAGE = [
  "Usage:",
  "check_smtp -H host [-p port] [-4|-6] [-e expect] [-C command] [-R response] [-f from addr]",
  "[-A authtype -U authuser -P authpass] [-w warn] [-c crit] [-t timeout] [-q]",
  "[-F fqdn] [-S] [-L] [-D warn days cert expire[,crit days cert expire]] [-v] ",
];

async function run(request: SmtpRequest, context: CheckContext): Promise<CheckOutput> {
  const { host, familyAtHost, timeout } = request;
  const { signal } = context;
  const resolver = context.shared(RESOLVER);
  const contexts = context.shared(TLS_CONTEXTS);
  const printed: string[] = [];
  try {
    await resolver.resolve(host, familyAtHost, signal);
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const lines = [`check_smtp: Invalid hostname/address - ${host}`, ...USAGE, ""];
    return { returnCode: UNKNOWN, output: lines.join("\n") };
  }
  const onTimeout = socketTimeout(timeout, printed);
  return withinSeconds({ seconds: timeout, signal, onTimeout }, (deadline) =>
    check({ request, printed, contexts, resolver, signal: deadline }),
  );
}

interface SmtpRun extends DialContext {
  readonly request: SmtpRequest;
  readonly printed: string[];
  readonly contexts: TlsContexts;
}

async function check(run: SmtpRun): Promise<CheckOutput> {
  const { request, printed, contexts, signal } = run;
  using place = request.usesTls ? await contexts.handshakes.enter(signal) : undefined;
  const clock = new TargetClock();
  const result = await connectAndTalk(run, { clock, onHandshake: () => place?.[Symbol.dispose]() });
  const answer = result.isTimed
    ? renderAnswer(result.state, clock.seconds, request)
    : { returnCode: result.state, output: "" };
  return { returnCode: answer.returnCode, output: `${printed.join("")}${answer.output}` };
}

/** Without a connection the plugin still tells the time. */
async function connectAndTalk(
  { request, printed, contexts, resolver, signal }: SmtpRun,
  { clock, onHandshake }: { readonly clock: TargetClock; readonly onHandshake: () => void },
): Promise<SmtpResult> {
  const { host, port, family } = request;
  try {
    const socket = await dial({ host, port, family }, { resolver, signal, clock });
    clock.tick();
    try {
      const onReceived = () => clock.tick();
      return await converse(socket, { request, printed, contexts, signal, onReceived, onHandshake });
    } finally {
      socket.destroy();
    }
  } catch (error) {
    if (error instanceof DialError) {
      clock.tick();
      printed.push(`${error.message}\n`);
      return { state: error.step === "connect" ? CRITICAL : UNKNOWN, isTimed: true };
    }
    if (error instanceof CheckFailure && error !== signal.reason) {
      printed.push(error.message);
      return { state: error.state, isTimed: false };
    }
    throw error;
  }
}

function renderAnswer(
  before: State,
  time: number,
  { warning, critical }: SmtpRequest,
): { readonly returnCode: State; readonly output: string } {
  const state = before === OK ? judgeTime(time, { warning, critical }) : before;
  const perfdata = fperfdata("time", time, "s", { warning, critical, min: 0 });
  const text = sprintf("%.3f sec. response time", time);
  return { returnCode: state, output: `SMTP ${STATE_NAMES[state]} - ${text}|${perfdata}\n` };
}

function judgeTime(time: number, { warning, critical }: Pick<SmtpRequest, "warning" | "critical">): State {
  if (critical !== undefined && time > critical) return CRITICAL;
  return warning !== undefined && time > warning ? WARNING : OK;
}
