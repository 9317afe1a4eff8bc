import { CheckDeclined, CheckFailure, type CheckOutput, STATE_NAMES } from "../../../sdk/index.ts";
import { trimSpace } from "../../libc/go-text.ts";
import { readLegacy, readV1, UnsureBody, type WebResult } from "./body.ts";
import type { WebAnswer } from "./client.ts";
import { renderJson, renderResult } from "./printed.ts";
import type { WebRequest } from "./request.ts";

const HTTP_OK = 200;
const MAX_RETURN_CODE = 255;

/** Makes the answer of the check. Throws a CheckDeclined if it is not sure. */
export function answerOf(request: WebRequest, answer: WebAnswer): CheckOutput {
  const { failed, form, isJson, givenUrl } = request;
  if (answer.status !== HTTP_OK)
    return print(failed, `RESPONSE-ERROR: http request failed: ${answer.statusText}`);
  if (form === "raw") return print(0, readText(answer.body));
  if (form === "reachable") {
    const text = `OK - REST API reachable on ${givenUrl}`;
    return print(0, isJson ? `${text}\n${readText(answer.body)}` : text);
  }
  const result = readResult(request, answer.body);
  if (result === undefined) return print(failed, `${STATE_NAMES[failed]} - resultpayload size is 0`);
  if (isJson) return print(0, toBytes(renderJson(result)));
  if (result.result < 0 || result.result > MAX_RETURN_CODE) throw declineBody(request);
  return print(result.result, toBytes(trimSpace(renderResult(result, request.decimals))));
}

function print(returnCode: number, text: string): CheckOutput {
  return { returnCode, output: `${text}\n` };
}

function readResult(request: WebRequest, body: Buffer): WebResult | undefined {
  try {
    return request.form === "v1" ? readV1(body) : readLegacy(body);
  } catch (cause) {
    if (!(cause instanceof UnsureBody)) throw cause;
    throw declineBody(request, cause);
  }
}

function declineBody({ failed }: WebRequest, cause?: UnsureBody): CheckDeclined {
  const why = cause?.message ?? "the return code is out of range";
  const otherwise = new CheckFailure(`${STATE_NAMES[failed]} - json error: ${why}\n`, failed);
  return new CheckDeclined("the agent's answer is not what is expected", { cause, otherwise });
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The body without the white space at both ends. */
function readText(body: Buffer): string {
  try {
    return toBytes(trimSpace(UTF8.decode(body)));
  } catch (cause) {
    throw new CheckDeclined("the agent's answer is no UTF-8", { cause });
  }
}

/** A character of the result is one byte of UTF-8. */
function toBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
