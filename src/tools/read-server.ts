import { getSystemErrorMessage } from "node:util";
import { AdminError, type QueueStatus, readStatus, readVersion } from "../gearman/admin.ts";
import type { ServerAddress } from "../gearman/server-address.ts";

/** What a job server says of itself, or why it could not be asked, in the words of the C tools. */
export type ServerReport =
  | { readonly kind: "read"; readonly version: string; readonly queues: readonly QueueStatus[] }
  | { readonly kind: "failed"; readonly reason: string };

/** Asks for the queues, in the order of their names, and the version. Never rejects. */
export async function readServer(server: ServerAddress, timeoutMs: number): Promise<ServerReport> {
  const options = { timeoutMs };
  try {
    const [queues, version] = await Promise.all([readStatus(server, options), readVersion(server, options)]);
    const sorted = queues.toSorted((one, other) => (one.queue < other.queue ? -1 : 1));
    return { kind: "read", version, queues: sorted };
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    return { kind: "failed", reason: describe(server, error) };
  }
}

export function waitingOf({ total, running }: QueueStatus): number {
  return total - running;
}

function describe({ host, port }: ServerAddress, { cause, message }: AdminError): string {
  const reason = systemReason(cause);
  if (reason === undefined) return `got no valid data from ${host}:${port} (${message})`;
  if (reason.isName) return reason.text;
  return `failed to connect to address ${host} and port ${port}: ${reason.text}`;
}

/** What C's strerror says, where libuv has other words. */
const STRERROR: Readonly<Record<string, string>> = { EHOSTUNREACH: "No route to host" };
const UNKNOWN_NAME = "Name or service not known";

function systemReason(cause: unknown): { readonly text: string; readonly isName: boolean } | undefined {
  if (cause instanceof AggregateError) return systemReason(cause.errors.at(-1));
  if (!(cause instanceof Error) || !("errno" in cause) || !("code" in cause)) return undefined;
  const { errno, code } = cause;
  if ("syscall" in cause && cause.syscall === "getaddrinfo") return { text: UNKNOWN_NAME, isName: true };
  const text = STRERROR[String(code)] ?? capitalise(getSystemErrorMessage(Number(errno)) ?? String(code));
  return { text, isName: false };
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
