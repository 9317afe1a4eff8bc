import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { withoutLogin } from "../../../src/config/secret.ts";
import { errorText } from "../../../src/error-text.ts";
import type { Target } from "../options/complete-target.ts";
import { judgeReply, type Reply } from "./reply.ts";

/** Posts a packed body to a database. It never rejects. */
export type PostLines = (body: Buffer, encoding?: "gzip") => Promise<Reply>;

export interface Poster extends Disposable {
  readonly post: PostLines;
}

const KEEP_ALIVE_MS = 30_000;
/** Of a reply. A message with every bad line of a batch may be long. */
const MAX_REPLY = 4 * 1024 * 1024;
const PARALLEL = 4;

/** Keeps its connections for the next batch. */
export function createPoster(target: Target, timeoutMs: number): Poster {
  const { url, ca } = target;
  const options = { keepAlive: true, maxSockets: PARALLEL, timeout: KEEP_ALIVE_MS };
  const isTls = url.protocol === "https:";
  const agent = isTls ? new HttpsAgent({ ...options, ...(ca && { ca }) }) : new HttpAgent(options);
  const start = isTls ? requestHttps : requestHttp;
  return {
    async post(body, encoding) {
      const login = target.authorization?.reveal().toString("latin1");
      const headers = {
        "content-type": "text/plain; charset=utf-8",
        "content-length": body.length,
        ...(encoding && { "content-encoding": encoding }),
        ...(login !== undefined && { authorization: login }),
      };
      const request = start(url, { method: "POST", agent, headers });
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      try {
        return await answer(request, { body, login });
      } catch (error) {
        return { kind: "unavailable", message: errorText(error) };
      } finally {
        clearTimeout(timer);
      }
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

function answer(
  request: ClientRequest,
  { body, login }: { readonly body: Buffer; readonly login: string | undefined },
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  request.on("error", reject);
  request.on("response", (response) => readReply(response, login).then(resolve, reject));
  request.end(body);
  return promise;
}

async function readReply(response: IncomingMessage, login = ""): Promise<Reply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_REPLY) chunks.push(chunk);
  }
  const { statusCode: status = 0, headers } = response;
  const error = headers["x-influxdb-error"];
  return judgeReply({
    status,
    body: withoutLogin(Buffer.concat(chunks).toString("utf8"), login),
    error: typeof error === "string" ? withoutLogin(error, login) : undefined,
    retryAfter: headers["retry-after"],
  });
}
