import { trimEnd } from "../byte-string.ts";
import type { Output, PerlFault } from "./outcome.ts";

/** The output of the C worker's embedded Perl (ePN) for such a plugin. The core and `negate` get it. */
export function renderPerlFault({ fault, plugin, stdout, stderr }: PerlFault): Output {
  switch (fault) {
    case "not-compiled":
      return { stdout: `**ePN failed to compile ${plugin}: "${trimEnd(stderr)}"`, stderr: "" };
    case "no-exit":
      return { stdout: `**ePN ${plugin}: plugin did not call exit()\n${stdout}`, stderr };
  }
}
