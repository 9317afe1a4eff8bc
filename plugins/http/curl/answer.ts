import { CheckDeclined, CheckFailure, CRITICAL } from "../../../sdk/index.ts";
import type { Ending } from "../connection.ts";
import { type HttpPage, unchunk } from "../page.ts";
import type { Reception } from "../reception.ts";
import type { HttpTarget } from "../request.ts";

/** A field of its own: the plugin of check_http takes any words in a header for it. */
const IS_CHUNKED = /^transfer-encoding:[ \t]*chunked/im;

/** An answer in the one form that libcurl and this file are sure to read in the same way. */
const ANSWER = /^(HTTP\/1\.[01] ([2-5][0-9]{2}) ([^\r\n]*)\r\n(?:[^\r\n]+\r\n)*\r\n)(.*)$/s;

/** A page, and its status line as the plugin prints it: always with `HTTP/1.1`. */
export interface CurlPage {
  readonly page: HttpPage;
  readonly title: string;
}

/** Makes a page of what came. Throws a CheckFailure, or a CheckDeclined if libcurl may read it otherwise. */
export async function readCurlAnswer(
  reception: Reception,
  ending: Ending,
  { target, signal }: { readonly target: HttpTarget; readonly signal: AbortSignal },
): Promise<CurlPage> {
  const { text, size, isCut } = reception.finish();
  if (size === 0 && ending === "closed") throw curlFailure(target, 52, "Empty reply from server");
  const [, head = "", status = "", words = "", rest = ""] = ANSWER.exec(text) ?? [];
  const isWhole = ending === "complete" || (ending === "closed" && reception.head?.isUnbounded === true);
  if (head === "" || isCut || reception.hasNul || !isWhole)
    throw new CheckDeclined("only libcurl is sure to read the server's answer as it does");
  const body = IS_CHUNKED.test(head) ? await unchunk(rest, signal) : rest;
  if (body === undefined)
    throw new CheckDeclined("only libcurl is sure to read the server's answer as it does");
  const [statusLine = ""] = head.split("\r\n", 1);
  const page = {
    statusLine,
    header: head,
    body,
    isCut: false,
    isDecoded: true,
    size: head.length + body.length,
  };
  return { page, title: `HTTP/1.1 ${status} ${words}` };
}

/** What the plugin says of an error of libcurl. */
export function curlFailure({ port }: HttpTarget, code: number, text: string): CheckFailure {
  const start = `HTTP CRITICAL - Invalid HTTP response received from host on port ${port}`;
  return new CheckFailure(`${start}: cURL returned ${code} - ${text}\n`, CRITICAL);
}
