import { ConfigError } from "../../config/problem.ts";
import { CallError } from "../../tools/call-error.ts";
import { type Letter, type LetterValues, readLetters } from "../../tools/letters.ts";
import type { ToolIo } from "../../tools/tool-io.ts";
import { type CommandResult, help } from "../command.ts";
import type { Io } from "../io.ts";
import { toolIo, toolVersion } from "./run-tool.ts";

interface LetterTool {
  readonly name: string;
  readonly letters: readonly Letter[];
  /** The exit codes of --help and --version, and of a call that is not understood. */
  readonly helpCode: number;
  readonly callCode: number;
  readonly run: (values: LetterValues, io: ToolIo) => Promise<number>;
}

/**
 * Runs a tool whose options are letters. As in the C tools, what is wrong is told on standard output, and the
 * help follows.
 */
export async function runLetters(argv: readonly string[], io: Io, tool: LetterTool): Promise<CommandResult> {
  const { name, helpCode, callCode } = tool;
  const read = readLetters(argv, tool.letters);
  switch (read.kind) {
    case "unknown":
      io.stdout(`Error - No such option: \`${read.name}'\n\n`);
      return help(callCode);
    case "no value":
      io.stdout(`Error - option -${read.name} needs a value\n\n`);
      return help(callCode);
    case "values":
      break;
  }
  const { values } = read;
  if (values.has("h") || values.has("help")) return help(helpCode);
  if (values.has("V") || values.has("version")) {
    io.stdout(await toolVersion(name));
    return helpCode;
  }
  try {
    return await tool.run(values, toolIo(io));
  } catch (error) {
    if (error instanceof CallError) {
      io.stdout(`${error.message}\n\n`);
      return help(callCode);
    }
    if (!(error instanceof ConfigError)) throw error;
    io.stdout(`${name} UNKNOWN - ${error.message}\n`);
    return callCode;
  }
}
