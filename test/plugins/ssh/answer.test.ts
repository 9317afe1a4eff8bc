import { expect, it } from "vitest";
import { answerAs } from "../../../plugins/ssh/answer.ts";

const COMMON = {
  command: "cmd",
  isUnknownWithoutConnection: false,
  warnsOnStderr: false,
  skipStdout: 0,
  skipStderr: 0,
};

/** Outcomes that an sshd does not produce on demand. The others are compared with the plugin. */
it.each([
  ["three lines", { stdout: "a\nb\n\nc" }, {}, 0, "a\nb\n\nc\n"],
  ["a single line break", { stdout: "\n" }, {}, 0, "\n"],
  ["lines with NUL", { stdout: "a\0b\n\0c\nd" }, {}, 0, "a\n\nd\n"],
  ["nothing", {}, {}, 0, "OK - check_by_ssh: Remote command 'cmd' returned status 0\n"],
  [
    "nothing and 4",
    { returnCode: 4 },
    {},
    4,
    "DEPENDENT - check_by_ssh: Remote command 'cmd' returned status 4\n",
  ],
  [
    "nothing and 77",
    { returnCode: 77 },
    {},
    77,
    "UNKNOWN - check_by_ssh: Remote command 'cmd' returned status 77\n",
  ],
  [
    "all skipped",
    { stdout: "a\n", returnCode: 1 },
    { skipStdout: 5 },
    1,
    "WARNING - check_by_ssh: Remote command 'cmd' returned status 1\n",
  ],
  ["stderr", { stderr: "e\nf\n", stdout: "a" }, {}, 3, "Remote command execution failed: e\n"],
  ["stderr and WARNING", { stderr: "e", returnCode: 1 }, {}, 1, "Remote command execution failed: e\n"],
  ["stderr and 4", { stderr: "e", returnCode: 4 }, {}, 3, "Remote command execution failed: e\n"],
  [
    "stderr as a WARNING",
    { stderr: "e" },
    { warnsOnStderr: true },
    1,
    "Remote command execution failed: e\n",
  ],
  [
    "stderr as a WARNING and UNKNOWN",
    { stderr: "e", returnCode: 3 },
    { warnsOnStderr: true },
    1,
    "Remote command execution failed: e\n",
  ],
  [
    "the second line of stderr",
    { stderr: "e\nf" },
    { skipStderr: 1 },
    3,
    "Remote command execution failed: f\n",
  ],
  [
    "no connection",
    { stderr: "why\r\n", returnCode: 255 },
    { isUnknownWithoutConnection: true },
    3,
    "SSH connection failed: why\r\n",
  ],
  [
    "no connection and no reason",
    { returnCode: 255 },
    { isUnknownWithoutConnection: true },
    3,
    "SSH connection failed: (no error output)\n",
  ],
])("%s", (_, end, options, returnCode, output) => {
  const answer = answerAs({ returnCode: 0, stdout: "", stderr: "", ...end }, { ...COMMON, ...options });
  expect(answer).toEqual({ returnCode, output });
});
