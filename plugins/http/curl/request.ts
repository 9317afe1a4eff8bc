import type { HttpTarget, RequestParts } from "../request.ts";

const [HTTP_PORT, HTTPS_PORT] = [80, 443];
const LIBCURL_TYPE = "application/x-www-form-urlencoded";

/** Renders a request with the lines in the order of libcurl: some servers repeat them. */
export function renderCurlRequest(target: HttpTarget, parts: RequestParts): string {
  const { method, agent, headers, authorization, body } = parts;
  const login = Buffer.from(authorization, "latin1").toString("base64");
  const lines = [
    `${method} ${target.url} HTTP/1.1`,
    `Host: ${renderHost(target)}`,
    ...(authorization === "" ? [] : [`Authorization: Basic ${login}`]),
    `User-Agent: ${agent}`,
    "Accept: */*",
    "Connection: close",
    ...headers,
    ...(body === undefined ? [] : renderContent(body)),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body?.text ?? ""}`;
}

/** A type of its own is one of the headers that libcurl is given, and so stands before its length. */
function renderContent({ text, contentType }: NonNullable<RequestParts["body"]>): readonly string[] {
  const lines = [`Content-Length: ${text.length}`, `Content-Type: ${contentType}`];
  return contentType === LIBCURL_TYPE ? lines : lines.toReversed();
}

function renderHost({ address, port, hostName, hostPort, usesTls }: HttpTarget): string {
  const [host, shown] = hostName === undefined ? [address, port] : [hostName, hostPort];
  return shown === (usesTls ? HTTPS_PORT : HTTP_PORT) ? host : `${host}:${shown}`;
}
