import { START_SNMP_AGENT } from "../../../plugins/agent.ts";
import { type Demo, startDemo } from "../../demo/demo.ts";
import { countStates } from "../../demo/picture.ts";
import { renderScreen } from "../../demo/screen.ts";
import { showOnTerminal } from "../../demo/terminal.ts";
import type { Log } from "../../log.ts";
import { type CommandResult, wrongCall } from "../command.ts";
import type { Chat } from "../demo/chat.ts";
import type { Io } from "../io.ts";
import { OWN_CHECKS } from "../own-checks.ts";
import { observeDemo } from "../run/observe-demo.ts";
import { VERSION } from "../version.ts";

const REDRAW_MS = 1000;
const TELL_MS = 5000;
const COLUMNS = 120;
const CHAT = "--chat";
const SILENT: Log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export async function demoCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const seconds = readSeconds(argv.filter((word) => word !== CHAT));
  if (seconds === undefined) return wrongCall();
  using end = new End(seconds, io);
  await using chat = argv.includes(CHAT) ? await openChat() : undefined;
  const demo = await start(io, chat).catch((error: unknown) => {
    io.stderr(`cannot start the demo: ${error instanceof Error ? error.message : String(error)}\n`);
  });
  if (demo === undefined) return 1;
  const { pageUrl, missing } = demo.look();
  if (pageUrl !== undefined) io.stdout(`Status page: ${pageUrl}\n`);
  if (chat !== undefined) io.stdout(`Chat: ${chat.url}\n`);
  for (const each of missing) io.stdout(`Left out here: ${each}\n`);
  if (process.stdout.isTTY === true && io.env["TERM"] !== "dumb") await showHere(demo, end, io);
  else await tellAll(demo, end, io);
  const { results } = demo.look();
  await demo.stop();
  io.stdout(`\nEnded. ${results} results.\n`);
  return results > 0 ? 0 : 1;
}

async function openChat(): Promise<Chat> {
  const { startChat } = await import("../demo/chat.ts");
  return await startChat(SILENT);
}

function start(io: Io, chat: Chat | undefined): Promise<Demo> {
  return startDemo({
    checks: OWN_CHECKS,
    chat,
    version: VERSION,
    startAgent: START_SNMP_AGENT,
    searchPath: io.env["PATH"] ?? "",
    observe: observeDemo,
  });
}

/** 0 means until a signal. Undefined: the words are not understood. */
function readSeconds(argv: readonly string[]): number | undefined {
  if (argv.length === 0) return 0;
  const text = argv.join("=").match(/^--seconds=(\d+(?:\.\d+)?)$/)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** A picture each second on a screen of its own; the last one stays on the terminal. */
async function showHere(demo: Demo, end: End, io: Io): Promise<void> {
  const { stdout, stdin: input } = process;
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const hasColours = !io.env["NO_COLOR"];
  const show = showOnTerminal({ write: io.stdout, size, input, hasColours }, demo.look, end.come);
  const timer = setInterval(show.redraw, REDRAW_MS);
  stdout.on("resize", show.redraw);
  show.redraw();
  await end.ended;
  stdout.off("resize", show.redraw);
  clearInterval(timer);
  show.end();
  io.stdout(`${renderScreen(demo.look(), { ...size(), hasColours })}\n`);
}

async function tellAll(demo: Demo, end: End, io: Io): Promise<void> {
  const timer = setInterval(() => tell(demo, io), TELL_MS);
  await end.ended;
  clearInterval(timer);
  const rows = Number.POSITIVE_INFINITY;
  io.stdout(`${renderScreen(demo.look(), { columns: COLUMNS, rows, hasColours: false })}\n`);
}

function tell(demo: Demo, io: Io): void {
  const { seconds, results, resultsPerSecond, states } = demo.look();
  const rate = `${results} results, ${resultsPerSecond.toFixed(0)}/s`;
  io.stdout(`${seconds.toFixed(0)} s: ${rate}; ${countStates(states)}\n`);
}

/** The end of the demo: a key, a signal, a reader that has gone, or that its time is over. */
class End implements Disposable {
  readonly ended: Promise<void>;
  readonly come: () => void;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(seconds: number, io: Io) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.come = resolve;
    for (const name of END_SIGNALS) process.once(name, this.come);
    io.onOutputLost?.(this.come);
    if (seconds > 0) this.#timer = setTimeout(this.come, seconds * 1000);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const name of END_SIGNALS) process.off(name, this.come);
  }
}
