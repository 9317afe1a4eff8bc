import type { SendError } from "./sender.ts";

/** The C tools have one text for a name that cannot be looked up, and one for what fails later. */
export function describeFailure(program: string, { message }: SendError): string {
  return /getaddrinfo/.test(message)
    ? `${program} UNKNOWN: cannot start client: ${message}`
    : `sending job to gearmand failed: ${message}`;
}
