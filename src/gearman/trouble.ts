import { ProtocolError } from "./packet.ts";
import { reasonOf } from "./reason.ts";

/** Why a server cannot be used. */
export type Trouble =
  /** `foreign`: something answers there, but not in Gearman. */
  | { readonly kind: "lost" | "unreachable" | "foreign"; readonly reason: string }
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

/** Why a connection ended. `isKnown`: the server had answered on it. No error: the server has closed it. */
export function troubleOf(error: Error | undefined, isKnown: boolean): Trouble {
  if (error instanceof SilenceError) return silence(error.silentMs, isKnown);
  if (error instanceof ProtocolError && !isKnown) return { kind: "foreign", reason: error.message };
  const kind = isKnown ? "lost" : "unreachable";
  if (error !== undefined) return { kind, reason: reasonOf(error) };
  return { kind, reason: isKnown ? "closed by the server" : "closed by the server without an answer" };
}

export function silence(silentMs: number, isKnown: boolean): Trouble {
  return { kind: "silent", reason: `silent for ${(silentMs / 1000).toFixed(0)} s`, silentMs, isKnown };
}
