import { type CheckOutput, STATE_NAMES, UNKNOWN, WARNING } from "../../sdk/index.ts";
import { isState, maxStateAlt } from "../../sdk/state.ts";

/** How an ssh process ended. Return code 255 is ssh's own failure. Texts are byte strings. */
export interface SshOutcome {
  readonly returnCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AnswerOptions {
  readonly command: string;
  readonly isUnknownWithoutConnection: boolean;
  readonly warnsOnStderr: boolean;
  /** Lines that are passed over. */
  readonly skipStdout: number;
  readonly skipStderr: number;
}

/** What check_by_ssh answers when its ssh has ended like this. */
export function answerAs({ returnCode, stdout, stderr }: SshOutcome, options: AnswerOptions): CheckOutput {
  const errors = readLines(stderr);
  if (returnCode === 255 && options.isUnknownWithoutConnection) {
    const reason = errors[0] ?? "(no error output)";
    return { returnCode: UNKNOWN, output: `SSH connection failed: ${reason}\n` };
  }
  const error = errors[options.skipStderr];
  if (error !== undefined) {
    const worst = options.warnsOnStderr ? WARNING : UNKNOWN;
    return {
      returnCode: isState(returnCode) ? maxStateAlt(returnCode, worst) : worst,
      output: `Remote command execution failed: ${error}\n`,
    };
  }
  const lines = readLines(stdout).slice(options.skipStdout);
  if (lines.length > 0) return { returnCode, output: `${lines.join("\n")}\n` };
  const text = `Remote command '${options.command}' returned status ${returnCode}`;
  return { returnCode, output: `${nameState(returnCode)} - check_by_ssh: ${text}\n` };
}

function nameState(returnCode: number): string {
  if (isState(returnCode)) return STATE_NAMES[returnCode];
  return returnCode === 4 ? "DEPENDENT" : "UNKNOWN";
}

/** The plugin's lines are C strings, so each line ends at its first NUL. */
function readLines(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  return text.includes("\0") ? lines.map((line) => line.split("\0", 1)[0] ?? "") : lines;
}
