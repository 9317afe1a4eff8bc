import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * The first line is the directory of the pipes, each later one the longest time-out so far. At the end of the
 * input the worker is gone. Then every process that has one of the pipes open when that time is over is
 * killed, and what is in a process group of such a process: of other users' processes nobody but root can see
 * what they have open. The shell ends as soon as there is no such process.
 *
 * Only paths below /proc are read, no names of open files: every user can open a file whose name has a line
 * feed, and lines that name another process.
 */
const PROGRAM = `trap '' HUP INT QUIT TERM
read -r directory
longest=0
while read -r seconds; do longest=$seconds; done
users() {
  find /proc/[0-9]*/fd -lname "$directory/*" 2>/dev/null |
    awk -F / '/^\\/proc\\/[0-9]+\\/fd\\/[0-9]+$/ { print $3 }' | sort -u
}
end=$(($(date +%s) + longest))
while left=$(users); [ -n "$left" ]; do
  [ "$(date +%s)" -lt $end ] || for each in $left; do kill -s KILL -- -$each $each 2>/dev/null; done
  sleep 1
done`;

/**
 * A small shell beside the worker. If the worker is killed with KILL, nobody enforces the time-outs of the
 * plugins that still run: this shell ends them, at the latest when the longest time-out has passed once more.
 * It costs nothing while the worker lives. Life: made → (told)* → stopped.
 */
export class Guardian {
  readonly #process: ChildProcess;
  #longest = 0;

  /** `directory` is the path of the directory of the pipes. */
  constructor(directory: string) {
    this.#process = spawn("/bin/sh", ["-c", PROGRAM, "omd-worker-guardian"], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#process.on("error", () => {}); // it could not be started: plugins have no such limit then
    this.#process.stdin?.on("error", () => {}); // it was killed
    this.#process.unref();
    this.#write(directory.replace(/[\\*?[\]]/g, "\\$&"));
  }

  /** A plugin with this time-out, in seconds, is about to run. */
  expect(timeout: number): void {
    if (timeout <= this.#longest) return;
    this.#longest = Math.ceil(timeout);
    this.#write(String(this.#longest));
  }

  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.ref();
    this.#process.kill("SIGKILL");
    await exited;
  }

  #write(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }
}
