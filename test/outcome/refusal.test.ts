import { expect, it } from "vitest";
import { type Refusal, renderRefusal } from "../../src/outcome/refusal.ts";

it.each<[refusal: Refusal, text: string]>([
  [
    { rule: "no-absolute-path", commandLine: "check_ping -H web1" },
    "ERROR: restricted paths in affect, but command does not start with an absolute path: check_pi...",
  ],
  [
    { rule: "forbidden-character", commandLine: "/p/x;id" },
    "ERROR: restricted paths in affect, but command contains forbidden character(s): /p/x;id...",
  ],
  [
    { rule: "outside-restrict-path", commandLine: "/bin/echo secret" },
    "ERROR: command does not start with any of the restricted paths: /bin/ech...",
  ],
  [
    { rule: "hidden-command", wrapper: "urlize", commandLine: "/p/urlize --what" },
    "ERROR: restricted paths in affect, but the command that urlize runs is not understood: /p/urliz...",
  ],
  [
    { rule: "not-plain", commandLine: "/p/x; nasty" },
    "ERROR: restrict_mode is strict, but the command is more than a program and its arguments: /p/x; na...",
  ],
  [
    { rule: "not-allowed", commandLine: "/p/x -p secret" },
    "ERROR: restrict_mode is strict, and no restrict_allow has this command: /p/x -p ...",
  ],
  [{ rule: "nul-byte" }, "the command line contains a NUL byte"],
  [
    { rule: "not-understood", check: "check_own" },
    "UNKNOWN - check_own does not understand this command line, see: omd-worker check check_own --help",
  ],
  [
    { rule: "no-plugin", check: "check_icmp", declined: "no raw socket here", path: "/p/check_icmp" },
    "UNKNOWN - check_icmp: no raw socket here, and there is no /p/check_icmp",
  ],
])("$rule is rendered as text", (refusal, text) => {
  expect(renderRefusal(refusal)).toBe(text);
});
