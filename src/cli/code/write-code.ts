import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { CliCommand } from "../command.ts";
import { processIo } from "../io.ts";
import { codeFile, loadScript } from "./load-script.ts";

/*
 * A program of the build. It writes the compiled code of the worker's script beside the script. It runs a
 * worker for a moment, which finds no job server, so that the file has the code of a whole start.
 */

const SCRIPT = new URL("../commands/run.cjs", import.meta.url);
const ARGV = [
  "--server=127.0.0.1:1",
  `--identifier=build-${process.pid}`,
  "--encryption=no",
  "--hosts=yes",
  "--services=yes",
  "--min-worker=1",
  "--logmode=file",
  "--logfile=/dev/null",
];
const START_MS = 500;

const { exports, script } = loadScript<{ readonly runWorker: CliCommand }>(SCRIPT);
const ended = exports.runWorker(ARGV, { ...processIo(), env: {} });
await pause(START_MS);
process.kill(process.pid, "SIGTERM");
const code = await ended;
if (code !== 0) throw new Error(`the worker has ended with ${code}`);
writeFileSync(codeFile(fileURLToPath(SCRIPT)), script.createCachedData());
