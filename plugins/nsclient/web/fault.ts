import { isIP } from "node:net";
import { CheckDeclined, CheckFailure, STATE_NAMES } from "../../../sdk/index.ts";
import { errnoName, errnoText } from "../../libc/errno.ts";
import { DialError } from "../../transport/dial.ts";
import { TlsError } from "../../transport/tls.ts";
import { CutShort, NoAnswer } from "./client.ts";
import { Unverified } from "./connect.ts";
import type { WebRequest } from "./request.ts";

/** Makes the check's end of what went wrong: an answer, or a reason why the plugin has to answer. */
export function readFault(error: unknown, request: WebRequest): unknown {
  if (error instanceof CheckDeclined) return error;
  if (error instanceof CutShort) return new CheckFailure("RESPONSE-ERROR: unexpected EOF\n", request.failed);
  if (error instanceof NoAnswer) return failure("EOF", request);
  if (error instanceof DialError) return readDialError(error, request);
  const [reason, text] = describe(error);
  return new CheckDeclined(reason, { cause: error, otherwise: failure(text, request) });
}

/** Go names the address, which is certain if the host is one, and the name server. */
function readDialError(error: DialError, request: WebRequest): unknown {
  const { host, port } = request;
  const shown = host.includes(":") ? `[${host}]` : host;
  const why =
    error.step === "connect"
      ? `connect: ${lowerFirst(errnoText(errnoName(error.cause)))}`
      : lowerFirst(error.message);
  const otherwise = failure(`dial tcp ${shown}:${port}: ${why}`, request);
  if (error.step === "connect" && isIP(host) !== 0) return otherwise;
  return new CheckDeclined("only the plugin knows which address did not answer", { cause: error, otherwise });
}

function describe(error: unknown): readonly [reason: string, text: string] {
  if (error instanceof TlsError)
    return ["the TLS handshake failed", `tls: ${error.message.replaceAll("\n", " ")}`];
  if (error instanceof Unverified)
    return ["the certificate cannot be verified", `tls: failed to verify certificate: ${error.message}`];
  const text = error instanceof Error ? error.message : String(error);
  return ["the agent did not answer as a web server does", text];
}

/** The plugin leaves out the path and what follows it. */
function failure(text: string, { url, failed }: WebRequest): CheckFailure {
  const shown = `Get "${url}"`.replace(/("https?:\/\/[^/"]*)\/[^"]*"/, "$1/...");
  return new CheckFailure(`${STATE_NAMES[failed]} - ${shown}: ${text}\n`, failed);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
