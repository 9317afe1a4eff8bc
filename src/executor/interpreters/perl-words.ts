import { type ByteString, trimEnd } from "../../byte-string.ts";
import type { Outcome } from "../../outcome.ts";

const UNKNOWN = 3;

/** What the C worker's embedded Perl answers for a plugin that does not compile. */
export function cannotCompile(file: ByteString, complaint: ByteString): Outcome {
  const stdout = `**ePN failed to compile ${file}: "${trimEnd(complaint)}"`;
  return { kind: "exited", returnCode: UNKNOWN, stdout, stderr: "" };
}
