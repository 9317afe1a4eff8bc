import { setImmediate } from "node:timers/promises";
import { commandWords, RUN, runCommand, USAGE_EXIT_CODE } from "./commands.ts";
import { type Io, processIo } from "./io.ts";
import { type Call, readCall } from "./programs.ts";
import { keepEnvironmentOut } from "./reports.ts";

/** The name or the path the program was called by, and its arguments → its exit code. */
export async function main(calledBy: string, argv: readonly string[]): Promise<number> {
  keepEnvironmentOut();
  const io = processIo();
  const code = await answer(readCall(calledBy, argv, io.env), io);
  await io.written();
  await setImmediate(); // What could not be written is told a turn later.
  return typeof process.exitCode === "number" ? process.exitCode : code;
}

/** Loads what the call needs and nothing else. */
async function answer(call: Call, io: Io): Promise<number> {
  switch (call.kind) {
    case "command":
      return runCommand(call.command, call.argv, io);
    case "unclear": {
      const { isWorkerOption } = await import("./worker-conf.ts");
      if (isWorkerOption(call.word)) return runCommand(RUN, call.argv, io);
      const { describeMisplaced, describeUnknown } = await import("./command.ts");
      const words = commandWords();
      const problem = words.includes(call.word)
        ? describeMisplaced(call.word)
        : describeUnknown(call.word, words);
      io.stderr(`${problem}\nsee: omd-worker --help\n`);
      return USAGE_EXIT_CODE;
    }
    case "version": {
      const { VERSION } = await import("./version.ts");
      const { exitCode, render } = call.program.version;
      io.stdout(render(VERSION));
      return exitCode;
    }
    case "help": {
      const { renderHelp } = await import("./help.ts");
      io.stdout(renderHelp(call.program.name));
      return 0;
    }
  }
}
