import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { buffer } from "node:stream/consumers";
import type { CommandOutcome, NestedCommand } from "../../../sdk/check.ts";
import type { Check } from "../../../sdk/index.ts";

const { CI, PATH } = process.env;
const DIRECTORIES = ["/usr/lib/nagios/plugins", "/usr/lib/monitoring-plugins", "/usr/lib64/nagios/plugins"];

/** The plugin of Debian's monitoring-plugins-basic (or its like); CI must have it. */
export function findPlugin(name: string): string | undefined {
  const path = findAnyPlugin(name);
  if (path === undefined && CI) throw new Error(`install monitoring-plugins-basic: no ${name}`);
  return path;
}

/** A plugin that may be missing in CI, too, as some are in no package. */
export function findAnyPlugin(name: string): string | undefined {
  return DIRECTORIES.map((directory) => `${directory}/${name}`).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a real process; words are byte strings that hold UTF-8. */
export async function execute(
  { words, environment }: NestedCommand,
  timeoutMs = 60_000,
): Promise<CommandOutcome> {
  const [path = "", ...argv] = words.map((word) => Buffer.from(word, "latin1").toString("utf8"));
  const env = { PATH, LC_ALL: "C.UTF-8", ...Object.fromEntries(environment) };
  const child = spawn(path, argv, {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    detached: true, // A session without a terminal, as in the worker: ssh asks no one for a passphrase.
  });
  const ended = Promise.withResolvers<{ code: number | null; isStarted: boolean }>();
  child.on("error", () => ended.resolve({ code: 127, isStarted: false }));
  child.on("close", (code) => ended.resolve({ code, isStarted: true }));
  const [stdout, stderr, { code, isStarted }] = await Promise.all([
    buffer(child.stdout).then((bytes) => bytes.toString("latin1")),
    buffer(child.stderr).then((bytes) => bytes.toString("latin1")),
    ended.promise,
  ]);
  if (isStarted && child.killed) return { kind: "timed-out" };
  if (code === null) return { kind: "signalled", signal: 9, stdout, stderr };
  return { kind: "exited", returnCode: code, stdout, stderr };
}

/** The answer of the native check. Undefined: it leaves the answer to the plugin. */
export async function answerNatively(
  check: Check,
  argv: readonly string[],
): Promise<CommandOutcome | undefined> {
  const understood = check.understand(argv);
  if (understood === undefined) return undefined;
  const {
    returnCode,
    output,
    stderr = "",
  } = await understood.run({
    signal: new AbortController().signal,
    log: () => {},
    shared: () => {
      throw new Error("unasked");
    },
    execute: ({ timeoutMs }) => {
      if (understood.command === undefined) throw new Error("no command was declared");
      return execute(understood.command, timeoutMs);
    },
  });
  return { kind: "exited", returnCode, stdout: output, stderr };
}
