import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { type Demo, startDemo } from "../../demo/demo.ts";
import { renderScreen, type Size } from "../../demo/screen.ts";
import { type CommandResult, help, usage } from "../command.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";

const USAGE = `usage: omd-worker demo [--seconds N]
  Shows the worker at work: an embedded job server, a small core with some checks of this machine, a table of
  states. Ends with Ctrl-C, or after N seconds; exit code 1 if no result came in.
`;
const REDRAW_MS = 1000;
/** Without a terminal there is one line in this time, and the table at the end. */
const TELL_MS = 5000;

export async function demoCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const seconds = readSeconds(argv);
  if (seconds === undefined)
    return argv.includes("--help") || argv.includes("-h") ? help(USAGE) : usage(USAGE);
  const demo = await startDemo({ checks: BUILTIN_CHECKS, version: VERSION });
  const isTerminal = process.stdout.isTTY === true;
  const timer = setInterval(
    () => (isTerminal ? redraw(demo, io) : tell(demo, io)),
    isTerminal ? REDRAW_MS : TELL_MS,
  );
  await end(seconds);
  clearInterval(timer);
  if (isTerminal) redraw(demo, io);
  else io.stdout(`${renderScreen(demo.look(), { columns: 120, rows: 40, hasColours: false })}\n`);
  const { results } = demo.look();
  await demo.stop();
  io.stdout(`\nEnded. ${results} results.\n`);
  return results > 0 ? 0 : 1;
}

/** 0 means until a signal. Undefined: the words are not understood, or ask for help. */
function readSeconds(argv: readonly string[]): number | undefined {
  if (argv.length === 0) return 0;
  const text = argv.join("=").match(/^--seconds=(\d+(?:\.\d+)?)$/)?.[1];
  return text === undefined ? undefined : Number(text);
}

function end(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    if (seconds > 0) setTimeout(resolve, seconds * 1000);
  });
}

function redraw(demo: Demo, io: Io): void {
  const size: Size = {
    columns: process.stdout.columns ?? 80,
    rows: process.stdout.rows ?? 24,
    hasColours: true,
  };
  io.stdout(`\x1b[H\x1b[2J${renderScreen(demo.look(), size)}\n`);
}

function tell(demo: Demo, io: Io): void {
  const { seconds, results, resultsPerSecond } = demo.look();
  io.stdout(`${seconds.toFixed(0)} s: ${results} results, ${resultsPerSecond.toFixed(0)}/s\n`);
}
