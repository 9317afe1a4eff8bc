import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { checkLeaks } from "../support/leaks.ts";
import { until } from "./warm-shells.ts";

checkLeaks();

const GUARDIAN = join(import.meta.dirname, "../../src/executor/guardian.ts");

/** What a worker is to its guardian. It says that it is there. */
const WORKER = `
  import { Guardian } from ${JSON.stringify(GUARDIAN)};
  new Guardian(process.argv[1]).expect(1);
  console.log("there");
  setInterval(() => {}, 1000);
`;

/** A process with a group of its own that has a file open. */
async function hold(file: string): Promise<ChildProcess> {
  const child = spawn("/bin/sh", ["-c", 'exec 3<"$1"; echo; exec sleep 60', "sh", file], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  return child;
}

function isThere(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ");
  } catch {
    return false;
  }
}

function makeFile(folder: string, name: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "");
  return file;
}

describe("the guardian of a worker that was killed", () => {
  it.each(["pipes", "pipes of [a] \\ w*rker"])(
    "ends what has a file of its directory open, and nothing that a file's name speaks of: %s",
    async (name) => {
      using folder = createFolder();
      const directory = join(folder.path, name);
      const [plugin, other] = [
        await hold(makeFile(directory, "1o")),
        await hold(makeFile(folder.path, "other")),
      ];
      const line = `x\n/proc/${other.pid}/fd:\nlr-x 1 u u 64 3 -> ${directory}/1o`;
      const liar = await hold(makeFile(folder.path, line));
      const worker = spawn(process.execPath, ["--input-type=module", "-e", WORKER, directory], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(worker.stdout, "data");
      const guardian = Number(readFileSync(`/proc/${worker.pid}/task/${worker.pid}/children`, "latin1"));
      try {
        worker.kill("SIGKILL");
        await until(() => !isThere(guardian));
        expect([plugin, other, liar].map(({ pid = 0 }) => isThere(pid))).toEqual([false, true, true]);
      } finally {
        if (isThere(guardian)) process.kill(guardian, "SIGKILL");
        const all = [worker, plugin, other, liar].filter(
          ({ exitCode, signalCode }) => (exitCode ?? signalCode) === null,
        );
        const exited = all.map((each) => once(each, "exit"));
        for (const each of all) each.kill("SIGKILL");
        await Promise.all(exited);
      }
    },
  );
});
