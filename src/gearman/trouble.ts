import { ProtocolError } from "./packet.ts";
import { reasonOf } from "./reason.ts";
import { closedUnanswered, isClosing, tlsReasonOf } from "./tls/tls-reason.ts";

/** Why a server cannot be used. */
export type Trouble =
  /** `foreign`: something answers there, but not in Gearman. `tls`: there is no agreement on TLS. */
  | { readonly kind: "lost" | "unreachable" | "foreign" | "tls"; readonly reason: string }
  /** It takes what is sent, and says nothing. `isKnown`: it has answered on this connection before. */
  | {
      readonly kind: "silent";
      readonly reason: string;
      readonly silentMs: number;
      readonly isKnown: boolean;
    };

/** We end the connection ourselves, as the server says nothing. */
export class SilenceError extends Error {
  override readonly name = "SilenceError";
  readonly silentMs: number;

  constructor(silentMs: number) {
    super();
    this.silentMs = silentMs;
  }
}

export interface EndedConnection {
  /** The server had answered on it. */
  readonly isKnown: boolean;
  readonly isTls: boolean;
}

/** Why a connection ended. No error: the server has closed it. */
export function troubleOf(error: Error | undefined, { isKnown, isTls }: EndedConnection): Trouble {
  if (error instanceof SilenceError) return silence(error.silentMs, isKnown);
  if (error instanceof ProtocolError && !isKnown) return { kind: "foreign", reason: error.message };
  const kind = isKnown ? "lost" : "unreachable";
  if (!isKnown && isClosing(error))
    return { kind, reason: `closed by the server ${closedUnanswered(isTls)}` };
  if (error === undefined) return { kind, reason: "closed by the server" };
  const reason = reasonOf(error);
  return !isKnown && tlsReasonOf(error) !== undefined ? { kind: "tls", reason } : { kind, reason };
}

export function silence(silentMs: number, isKnown: boolean): Trouble {
  return { kind: "silent", reason: `silent for ${(silentMs / 1000).toFixed(0)} s`, silentMs, isKnown };
}
