import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { vi } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../../src/cli/omd-worker.ts");
const PATIENCE = { timeout: 30_000, interval: 10 };

/** A program of Zulip as a process. When the test leaves the scope it is killed. */
export interface BotProcess extends AsyncDisposable {
  readonly log: () => string;
  readonly logged: (text: string) => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Sends the signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<{ readonly exitCode?: number; readonly stderr: string }>;
}

/** The log is `bot.log` in the folder, beside `zulip-bot.conf`. */
export function startBot(folder: string, ...options: readonly string[]): BotProcess {
  return startProgram(folder, { command: "zulip-bot", config: "zulip-bot.conf", log: "bot.log" }, options);
}

/** The log is `notifier.log` in the folder, beside `zulip.conf`. */
export function startNotifier(folder: string, ...options: readonly string[]): BotProcess {
  return startProgram(
    folder,
    { command: "zulip-notifier", config: "zulip.conf", log: "notifier.log" },
    options,
  );
}

function startProgram(
  folder: string,
  names: Readonly<Record<"command" | "config" | "log", string>>,
  options: readonly string[],
): BotProcess {
  const file = join(folder, names.log);
  const words = [names.command, `--config=${join(folder, names.config)}`, `--logfile=${file}`, ...options];
  const child = execa(process.execPath, [PROGRAM, ...words], { reject: false, stdin: "ignore" });
  let isOver = false;
  void child.then(() => {
    isOver = true;
  });
  const log = () => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  };
  const before = log().length;
  const logged = (text: string) =>
    vi.waitFor(() => {
      if (log().slice(before).includes(text)) return;
      throw new Error(`no '${text}' in the log${isOver ? ", and the program has ended" : ""}:\n${log()}`);
    }, PATIENCE);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const { exitCode, stderr } = await child;
    return { ...(exitCode !== undefined && { exitCode }), stderr };
  };
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  return { log, logged, signal, end, [Symbol.asyncDispose]: async () => void (await end("SIGKILL")) };
}
