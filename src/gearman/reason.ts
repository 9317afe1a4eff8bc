import { errorText } from "../error-text.ts";
import { tlsReasonOf } from "./tls/tls-reason.ts";

/** Why there is no connection with a job server, in words. */
export function reasonOf(error: Error): string {
  return tlsReasonOf(error) ?? errorText(error);
}
