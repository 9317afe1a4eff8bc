import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { vi } from "vitest";

const PROGRAM = join(import.meta.dirname, "receive-datagrams.pl");
const PATIENCE = { timeout: 30_000, interval: 10 };

/** What listens on a Unix datagram socket, as systemd and syslogd do. */
export interface DatagramReceiver extends AsyncDisposable {
  /** The datagrams so far, in their order. */
  readonly received: readonly string[];
  /** Resolves when there is a datagram that has this text. */
  readonly until: (text: string) => Promise<string>;
}

/** `socket` is a path, or `@name`. */
export async function receiveDatagrams(socket: string): Promise<DatagramReceiver> {
  const child = spawn("perl", [PROGRAM, socket], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(readLine(line)));
  await vi.waitFor(() => {
    if (lines[0] !== "listening") throw new Error(`nothing listens at ${socket}`);
  }, PATIENCE);
  return {
    get received() {
      return lines.slice(1);
    },
    until: (text) =>
      vi.waitFor(() => {
        const found = lines.find((line) => line.includes(text));
        if (found === undefined) throw new Error(`no '${text}' among ${JSON.stringify(lines)}`);
        return found;
      }, PATIENCE),
    async [Symbol.asyncDispose]() {
      child.kill();
      await closed;
    },
  };
}

function readLine(line: string): string {
  return line.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}
