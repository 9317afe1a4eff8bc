import { once } from "node:events";
import { isIP, type Socket } from "node:net";
import { CheckDeclined } from "../../../sdk/index.ts";
import { ServerGone } from "../../transport/databases/server-stream.ts";
import { TlsError, upgrade } from "../../transport/tls.ts";
import type { TlsContexts } from "../../transport/tls-contexts.ts";

/** The message with which a client asks for TLS. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

export interface TlsWish {
  /** The host as it was given. */
  readonly host: string;
  readonly contexts: TlsContexts;
  readonly signal: AbortSignal;
}

/**
 * What a server says when it is asked for TLS: it agrees, it does not, or it has an error. `other` is the
 * first character of an answer that is none of these.
 */
export type TlsReply =
  | { readonly kind: "agreed" | "refused" | "error" }
  | { readonly kind: "other"; readonly character: string };

/** Asks for TLS. Rejects with a ServerGone, a CheckDeclined or the signal's reason. */
export async function askForTls(socket: Socket, signal: AbortSignal): Promise<TlsReply> {
  socket.write(SSL_REQUEST);
  const data = await readFirst(socket, signal);
  const character = data.toString("latin1", 0, 1);
  if (character === "E") return { kind: "error" };
  if (character !== "S" && character !== "N") return { kind: "other", character };
  if (data.length > 1) throw new CheckDeclined("words that came before TLS began");
  return { kind: character === "S" ? "agreed" : "refused" };
}

async function readFirst(socket: Socket, signal: AbortSignal): Promise<Buffer> {
  const stopping = new AbortController();
  const until = (name: string) => once(socket, name, { signal: stopping.signal });
  const events = [until("data").then(([data]) => data), until("end").then(() => undefined)];
  for (const each of events) each.catch(() => {});
  socket.resume();
  try {
    const data: Buffer | undefined = await Promise.race(events);
    if (data === undefined) throw new ServerGone("closed");
    return data;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ServerGone ? error : new ServerGone("broken", error);
  } finally {
    socket.pause();
    stopping.abort();
  }
}

/** Makes the handshake. Declines if it fails, as the words of OpenSSL depend on its version. */
export async function startTls(socket: Socket, { host, contexts, signal }: TlsWish): Promise<Socket> {
  const settings = { minVersion: "TLSv1.2", contexts, signal } as const;
  try {
    return await upgrade(socket, { ...settings, ...(isIP(host) === 0 && { servername: host }) });
  } catch (error) {
    throw error instanceof TlsError ? new CheckDeclined("the TLS handshake failed", { cause: error }) : error;
  }
}
