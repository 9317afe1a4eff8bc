import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { vi } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../../src/cli/omd-worker.ts");
const PATIENCE = { timeout: 30_000, interval: 10 };

/** `omd-worker zulip-bot` as a process. When the test leaves the scope it is killed. */
export interface BotProcess extends AsyncDisposable {
  readonly log: () => string;
  readonly logged: (text: string) => Promise<void>;
  /** Sends the signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<{ readonly exitCode?: number; readonly stderr: string }>;
}

export function startBot(folder: string, ...options: readonly string[]): BotProcess {
  const file = join(folder, "bot.log");
  const words = ["zulip-bot", `--config=${join(folder, "zulip-bot.conf")}`, `--logfile=${file}`, ...options];
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
  return { log, logged, end, [Symbol.asyncDispose]: async () => void (await end("SIGKILL")) };
}
