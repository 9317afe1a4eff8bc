import { connect } from "node:net";
import { errorText } from "../../../src/error-text.ts";
import { ChannelError } from "../channel.ts";

/** `unix:/PATH` or `HOST:PORT`, as operators write it. */
export type LivestatusAddress = { readonly path: string } | { readonly host: string; readonly port: number };

export interface LivestatusOptions {
  readonly address: LivestatusAddress;
  readonly timeoutMs?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** In bytes. */
  readonly maxAnswer?: number;
}

const HEADER_LENGTH = 16;
/** What is asked for are a few rows. */
const MAX_ANSWER = 4 * 1024 * 1024;

/** The rows of a query, each with its columns. Throws ChannelError. */
export async function queryLivestatus(
  options: LivestatusOptions,
  lines: readonly string[],
): Promise<readonly (readonly unknown[])[]> {
  const request = [...lines, "OutputFormat: json", "ResponseHeader: fixed16"];
  const answer = await exchange(options, `${request.join("\n")}\n\n`);
  const status = answer.toString("latin1", 0, 3);
  const body = answer.toString("utf8", HEADER_LENGTH);
  if (status !== "200")
    throw new ChannelError(
      "unavailable",
      `livestatus answers ${status || "nothing"}: ${body.trim().slice(0, 200)}`,
    );
  return readRows(body);
}

/** Livestatus answers commands with nothing at all. */
export async function sendLivestatus(options: LivestatusOptions, line: string): Promise<void> {
  await exchange(options, `COMMAND ${line}\n\n`);
}

/** In a value a line feed would begin another header; cores have no such names. */
export function filterValue(value: string): string {
  return value.replace(/\p{Cc}+/gu, " ");
}

function readRows(body: string): readonly (readonly unknown[])[] {
  try {
    const rows: unknown = JSON.parse(body);
    if (Array.isArray(rows) && rows.every((row) => Array.isArray(row))) return rows;
  } catch {
    // it is no JSON
  }
  throw new ChannelError("unavailable", "livestatus answers with something that is no list of rows");
}

function exchange(options: LivestatusOptions, request: string): Promise<Buffer> {
  const { address, timeoutMs = 10_000, signal, maxAnswer = MAX_ANSWER } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  const fail = (reason: string, cause?: unknown) => {
    socket.destroy();
    reject(new ChannelError("unavailable", `livestatus at ${renderAddress(address)}: ${reason}`, cause));
  };
  const socket = connect(address, () => socket.end(request));
  socket.setTimeout(timeoutMs, () => fail(`no answer within ${timeoutMs / 1000} seconds`));
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxAnswer) fail("an answer that is too large");
  });
  socket.on("error", (error) => fail(errorText(error), error));
  socket.on("end", () => resolve(Buffer.concat(chunks)));
  // The option `signal` of a socket keeps memory at the signal, for each socket.
  const end = () => fail("the program ends");
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end);
  return promise.finally(() => signal?.removeEventListener("abort", end));
}

export function renderAddress(address: LivestatusAddress): string {
  return "path" in address ? address.path : `${address.host}:${address.port}`;
}
