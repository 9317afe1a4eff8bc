import { readFile } from "node:fs/promises";
import {
  type CheckContext,
  CheckDeclined,
  CheckFailure,
  type CheckOutput,
  defineCheck,
  RESOLVER,
  STATE_NAMES,
  type State,
  withinSeconds,
} from "../../sdk/index.ts";
import { renderDuration } from "../libc/go-text.ts";
import { TLS_CONTEXTS } from "../transport/tls-contexts.ts";
import { answerOf } from "./web/answer.ts";
import { WEB_CLIENT } from "./web/client.ts";
import { prepare } from "./web/connect.ts";
import { readFault } from "./web/fault.ts";
import { addFileFlags, readWebFlags, type WebFlags } from "./web/flags.ts";
import { WEB_OPTIONS } from "./web/options.ts";
import { askAndFollow } from "./web/redirect.ts";
import { createWebRequest, type WebRequest } from "./web/request.ts";

/** A request, or the flags that a file has to be added to. */
type WebCommand =
  | { readonly kind: "request"; readonly request: WebRequest }
  | { readonly kind: "file"; readonly path: string; readonly flags: WebFlags };

export const checkNscWeb = defineCheck({
  name: "check_nsc_web",
  summary: "an SNClient or NSClient++, asked through its web server",
  replaces: {
    suite: "github.com/consol-monitoring/check_nsc_web",
    versions: ["0.7.6"],
    program: /\n {2}check_nsc_web v([0-9.]+)\n/,
  },
  options: WEB_OPTIONS,
  read: readWebCommand,
  target: (command) => (command.kind === "request" ? command.request.host : undefined),
  run,
});

function readWebCommand(argv: readonly string[]): WebCommand | undefined {
  const flags = readWebFlags(argv);
  const path = flags?.given.get("config");
  if (flags !== undefined && path !== undefined && path !== "") return { kind: "file", path, flags };
  const request = flags && createWebRequest(flags);
  return request && { kind: "request", request };
}

async function run(command: WebCommand, context: CheckContext): Promise<CheckOutput> {
  const request = command.kind === "request" ? command.request : await readFlagsOfFile(command);
  const { timeout: seconds, timedOut, failed, givenUrl, url } = request;
  const { shared, signal } = context;
  let isBegun = false;
  const onTimeout = () =>
    isBegun
      ? failure(
          failed,
          "RESPONSE-ERROR: context deadline exceeded (Client.Timeout or context cancellation while reading body)",
        )
      : failure(
          timedOut,
          `${STATE_NAMES[timedOut]} - check timed out after ${renderDuration(seconds)} ( ${givenUrl} )\nGet "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
        );
  return withinSeconds({ seconds, signal, onTimeout }, async (deadline) => {
    const values = { resolver: shared(RESOLVER), contexts: shared(TLS_CONTEXTS), signal: deadline };
    const onHeader = () => {
      isBegun = true;
    };
    try {
      const prepared = await prepare(request);
      return answerOf(request, await askAndFollow(shared(WEB_CLIENT), prepared, { ...values, onHeader }));
    } catch (error) {
      deadline.throwIfAborted();
      throw readFault(error, request);
    }
  });
}

function failure(state: State, text: string): CheckFailure {
  return new CheckFailure(`${text}\n`, state);
}

async function readFlagsOfFile({ path, flags }: Extract<WebCommand, { kind: "file" }>): Promise<WebRequest> {
  const text = await readFile(Buffer.from(path, "latin1"), "latin1").catch((cause: unknown) => {
    throw new CheckDeclined("the file of -config cannot be read", { cause });
  });
  const all = addFileFlags(text, flags);
  const request = all && createWebRequest(all);
  if (request === undefined) throw new CheckDeclined("the file of -config is not understood");
  return request;
}
