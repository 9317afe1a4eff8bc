/** What page is asked for, and where. A redirect leads from one target to the next. */
export interface HttpTarget {
  /** The name or address to connect to. */
  readonly address: string;
  readonly port: number;
  /** The name in `Host:`. Without a name the request is HTTP/1.0. */
  readonly hostName: string | undefined;
  /** The port in `Host:`. */
  readonly hostPort: number;
  readonly url: string;
  readonly usesTls: boolean;
}

/** The parts that all requests of a check have in common. */
export interface RequestParts {
  readonly method: string;
  readonly agent: string;
  /** Whole lines: `X-Test: abc`. */
  readonly headers: readonly string[];
  /** `user:password`, empty for none. */
  readonly authorization: string;
  readonly proxyAuthorization: string;
  readonly body: { readonly text: string; readonly contentType: string } | undefined;
}

/** What happens to the connection after the answer. The plugin's is closed. */
export type Persistence = "close" | "keep-alive";

/** Renders a request, with the lines in the order of the plugin: some servers repeat them. */
export function renderRequest(target: HttpTarget, parts: RequestParts, persistence: Persistence): string {
  const { hostName, url } = target;
  const { method, agent, headers, authorization, proxyAuthorization, body } = parts;
  const forced = headers.findLastIndex((header) => header.startsWith("Host:"));
  const host = hostName === undefined ? undefined : (headers[forced] ?? renderHost(hostName, target));
  const lines = [
    `${method} ${url} HTTP/1.${hostName === undefined ? 0 : 1}`,
    `User-Agent: ${agent}`,
    `Connection: ${persistence}`,
    ...(host === undefined ? [] : [host]),
    ...headers.filter((_, at) => at !== forced),
    ...renderAuthorization("Authorization", authorization),
    ...renderAuthorization("Proxy-Authorization", proxyAuthorization),
    ...(body ? [`Content-Type: ${body.contentType}`, `Content-Length: ${body.text.length}`] : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body?.text ?? ""}`;
}

/** Renders the URL as the plugin prints it, always with the port: `http://127.0.0.1:18080/`. */
export function renderUrl({ address, port, hostName, url, usesTls }: HttpTarget): string {
  return `${usesTls ? "https" : "http"}://${hostName ?? address}:${port}${url}`;
}

function renderHost(hostName: string, { hostPort, usesTls }: HttpTarget): string {
  return hostPort === (usesTls ? 443 : 80) ? `Host: ${hostName}` : `Host: ${hostName}:${hostPort}`;
}

function renderAuthorization(name: string, pair: string): readonly string[] {
  return pair === "" ? [] : [`${name}: Basic ${Buffer.from(pair, "latin1").toString("base64")}`];
}
