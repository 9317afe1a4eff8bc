import { type ByteString, trimEnd } from "../../byte-string.ts";
import type { Outcome, Output } from "../../outcome.ts";

const UNKNOWN = 3;

/** What the C worker's embedded Perl answers for a plugin that does not compile. */
export function cannotCompile(file: ByteString, complaint: ByteString): Outcome {
  const stdout = `**ePN failed to compile ${file}: "${trimEnd(complaint)}"`;
  return { kind: "exited", returnCode: UNKNOWN, stdout, stderr: "" };
}

/** Its words for one that ends without calling exit, which it never took for OK. */
export function withoutExit(file: ByteString, { stdout, stderr }: Output): Output {
  return { stdout: `**ePN ${file}: plugin did not call exit()\n${stdout}`, stderr };
}
