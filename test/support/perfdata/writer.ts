import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { vi } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../../src/cli/omd-worker.ts");
const PATIENCE = { timeout: 30_000, interval: 10 };

/** `omd-worker perfdata` as a process. When the test leaves the scope it is killed. */
export interface WriterProcess extends AsyncDisposable {
  readonly pid: number;
  readonly log: () => string;
  /** Resolves when the log has so many lines with this text. */
  readonly logged: (text: string, times?: number) => Promise<void>;
  /** Sends the signal and waits for the end; resolves to the exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | undefined>;
}

export async function startWriter(options: readonly string[], folder = newFolder()): Promise<WriterProcess> {
  const file = join(folder, "perfdata.log");
  const words = ["perfdata", `logfile=${file}`, "log_format=text", ...options];
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
  const logged = (text: string, times = 1) =>
    vi.waitFor(() => {
      if (log().split(text).length > times) return;
      throw new Error(`no '${text}' in the log${isOver ? ", and the program has ended" : ""}:\n${log()}`);
    }, PATIENCE);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return (await child).exitCode;
  };
  const writer = { pid: child.pid ?? 0, log, logged, end };
  await logged("writes perfdata, pid");
  return { ...writer, [Symbol.asyncDispose]: async () => void (await end("SIGKILL")) };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "perfdata-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
