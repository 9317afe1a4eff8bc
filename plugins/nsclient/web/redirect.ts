import { CheckDeclined } from "../../../sdk/index.ts";
import type { AskContext, WebAnswer, WebClient } from "./client.ts";
import type { PreparedRequest } from "./connect.ts";

const REDIRECTS = [301, 302, 303, 307, 308];
/** Go follows so many. */
const MAX_REDIRECTS = 9;
const PATH = /^\/(?!\/)[A-Za-z0-9._~$&+,:;=@/%?-]*$/;

/**
 * Asks, and follows redirects on the same agent: SNClient redirects from `/` to a page. What goes wrong then
 * is left to the plugin, as is a redirect to another place.
 */
export async function askAndFollow(
  client: Pick<WebClient, "ask">,
  request: PreparedRequest,
  context: AskContext,
): Promise<WebAnswer> {
  let asked = request;
  for (let hops = 0; ; hops += 1) {
    const answer = await client.ask(asked, context).catch((error: unknown) => {
      context.signal.throwIfAborted();
      throw hops === 0
        ? error
        : new CheckDeclined("the agent does not answer behind a redirect", { cause: error });
    });
    if (!REDIRECTS.includes(answer.status) || !answer.location) return answer;
    if (hops === MAX_REDIRECTS) throw new CheckDeclined("the agent redirects too often");
    asked = follow(asked, answer.location);
  }
}

function follow(asked: PreparedRequest, location: string): PreparedRequest {
  const origin = `${asked.tls === undefined ? "http" : "https"}://${asked.headers["Host"] ?? ""}`;
  const path = location.startsWith(`${origin}/`) ? location.slice(origin.length) : location;
  if (!PATH.test(path) || path.split(/[/?]/).includes(".."))
    throw new CheckDeclined("the agent redirects to another place");
  return { ...asked, path, url: `${origin}${path}`, headers: { ...asked.headers, Referer: asked.url } };
}
