import { type ByteString, trimEnd } from "../byte-string.ts";
import type { NotCompiled } from "./outcome.ts";

/** The output of the C worker's embedded Perl (ePN) for such a plugin. The core and `negate` get it. */
export function renderNotCompiled({ plugin, complaint }: NotCompiled): ByteString {
  return `**ePN failed to compile ${plugin}: "${trimEnd(complaint)}"`;
}
