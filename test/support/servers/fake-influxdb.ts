import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** What it answers in place of writing. */
export interface FakeReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Flavour {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string;
  /** Whether it stores the other lines of a request of which some are refused. */
  readonly storesOthers: boolean;
  /** What it says then. */
  readonly partly: (bad: readonly BadLine[]) => FakeReply;
}

interface BadLine {
  readonly text: string;
  readonly number: number;
}

export const FAKE_TOKEN = "fake-influxdb-token";
const REASON = "invalid number";

/** v2 as InfluxDB 2.8.0 answers; v3 as its documentation has it, as no server was there to be asked. */
const FLAVOURS: Readonly<Record<"v2" | "v3", Flavour>> = {
  v2: {
    path: "/api/v2/write",
    query: { org: "ops", bucket: "nagflux", precision: "ms" },
    authorization: `Token ${FAKE_TOKEN}`,
    storesOthers: false,
    partly: (bad) => ({
      status: 400,
      body: JSON.stringify({
        code: "invalid",
        message: bad.map(({ text }) => `unable to parse '${text}': ${REASON}`).join("\n"),
      }),
    }),
  },
  v3: {
    path: "/api/v3/write_lp",
    query: { db: "nagflux", precision: "millisecond" },
    authorization: `Bearer ${FAKE_TOKEN}`,
    storesOthers: true,
    partly: (bad) => ({
      status: 400,
      body: JSON.stringify({
        error: "partial write of line protocol occurred",
        data: bad.map(({ text, number }) => ({
          original_line: text,
          line_number: number,
          error_message: REASON,
        })),
      }),
    }),
  },
};

/** The write endpoint of InfluxDB 2 or 3. It stores lines, but for those that have `nan`. */
export class FakeInfluxdb implements AsyncDisposable {
  /** What it has, each line once, as the same line is the same point. */
  readonly stored = new Set<string>();
  /** Answers to the next requests. */
  readonly replies: FakeReply[] = [];
  /** How many lines a request may have. */
  atMost = Number.POSITIVE_INFINITY;
  requests = 0;
  readonly #flavour: Flavour;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(api: "v2" | "v3"): Promise<FakeInfluxdb> {
    const fake = new FakeInfluxdb(FLAVOURS[api]);
    fake.#server.listen(0, "127.0.0.1");
    await once(fake.#server, "listening");
    return fake;
  }

  private constructor(flavour: Flavour) {
    this.#flavour = flavour;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.requests += 1;
    const bytes = Buffer.concat(chunks);
    const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
    const { status, body, headers } = this.replies.shift() ?? this.#write(request, text.toString("utf8"));
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  }

  #write({ url = "", headers }: IncomingMessage, text: string): FakeReply {
    const { path, query, authorization, storesOthers, partly } = this.#flavour;
    const asked = new URL(url, this.url);
    const isRight = Object.entries(query).every(([name, value]) => asked.searchParams.get(name) === value);
    if (asked.pathname !== path || !isRight) return { status: 404, body: '{"error":"not found"}' };
    if (headers.authorization !== authorization) return { status: 401, body: "" };
    const lines = text.split("\n").filter((line) => line !== "");
    if (lines.length > this.atMost) return { status: 413, body: '{"code":"request too large"}' };
    const bad = lines.flatMap((line, at) => (line.includes("nan") ? [{ text: line, number: at + 1 }] : []));
    if (bad.length === 0 || storesOthers)
      for (const line of lines) if (!line.includes("nan")) this.stored.add(line);
    return bad.length === 0 ? { status: 204, body: "" } : partly(bad);
  }
}
