import { type LiveTerminal, showLive } from "../../tools/top/live.ts";
import { TOP_LETTERS, topOptions } from "../../tools/top/options.ts";
import { printTables } from "../../tools/top/top.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { runLetters } from "../tools/run-letters.ts";

export async function topCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  return runLetters(argv, io, {
    name: "gearman_top",
    letters: TOP_LETTERS,
    helpCode: 0,
    callCode: 0,
    run: async (values, toolIo) => {
      const options = topOptions(values, io.env);
      if (options.isBatch || process.stdout.isTTY !== true) return printTables(options, toolIo);
      await showLive(options, liveTerminal(io));
      return 0;
    },
  });
}

function liveTerminal(io: Io): LiveTerminal {
  const { stdout, stdin: input } = process;
  return {
    write: io.stdout,
    input,
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    hasColours: !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb",
    onResize: (redraw, signal) => {
      stdout.on("resize", redraw);
      signal.addEventListener("abort", () => stdout.off("resize", redraw));
    },
  };
}
