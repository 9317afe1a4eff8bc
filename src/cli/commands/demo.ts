import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { type Demo, startDemo } from "../../demo/demo.ts";
import { renderScreen } from "../../demo/screen.ts";
import { showOnTerminal } from "../../demo/terminal.ts";
import { type CommandResult, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { observeDemo } from "../run/observe-demo.ts";
import { VERSION } from "../version.ts";

const REDRAW_MS = 1000;
const TELL_MS = 5000;
const COLUMNS = 120;

export async function demoCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const seconds = readSeconds(argv);
  if (seconds === undefined) return wrongCall();
  const demo = await startDemo({ checks: BUILTIN_CHECKS, version: VERSION, observe: observeDemo });
  if (process.stdout.isTTY === true) await showHere(demo, seconds, io);
  else await tellAll(demo, seconds, io);
  const { results } = demo.look();
  await demo.stop();
  io.stdout(`\nEnded. ${results} results.\n`);
  return results > 0 ? 0 : 1;
}

/** 0 means until a signal. Undefined: the words are not understood. */
function readSeconds(argv: readonly string[]): number | undefined {
  if (argv.length === 0) return 0;
  const text = argv.join("=").match(/^--seconds=(\d+(?:\.\d+)?)$/)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** A picture each second on a screen of its own; the last one stays on the terminal. */
async function showHere(demo: Demo, seconds: number, io: Io): Promise<void> {
  const size = () => ({ columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 });
  const asked = Promise.withResolvers<void>();
  const terminal = { write: io.stdout, size, input: process.stdin };
  const show = showOnTerminal(terminal, demo.look, asked.resolve);
  const timer = setInterval(show.redraw, REDRAW_MS);
  await Promise.race([asked.promise, end(seconds, io)]);
  clearInterval(timer);
  show.end();
  io.stdout(`${renderScreen(demo.look(), { ...size(), hasColours: true })}\n`);
}

async function tellAll(demo: Demo, seconds: number, io: Io): Promise<void> {
  const { pageUrl } = demo.look();
  if (pageUrl !== undefined) io.stdout(`Status page: ${pageUrl}\n`);
  const timer = setInterval(() => tell(demo, io), TELL_MS);
  await end(seconds, io);
  clearInterval(timer);
  const rows = Number.POSITIVE_INFINITY;
  io.stdout(`${renderScreen(demo.look(), { columns: COLUMNS, rows, hasColours: false })}\n`);
}

function end(seconds: number, io: Io): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    io.onOutputLost?.(resolve);
    if (seconds > 0) setTimeout(resolve, seconds * 1000);
  });
}

function tell(demo: Demo, io: Io): void {
  const { seconds, results, resultsPerSecond } = demo.look();
  io.stdout(`${seconds.toFixed(0)} s: ${results} results, ${resultsPerSecond.toFixed(0)}/s\n`);
}
