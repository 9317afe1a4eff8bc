import {
  type CheckContext,
  CheckDeclined,
  type CheckOutput,
  defineCheck,
  maxState,
  OK,
  STATE_NAMES,
} from "../../sdk/index.ts";
import { errnoName } from "../libc/errno.ts";
import { FILE_SYSTEMS, type FileSystems } from "./disk/file-systems.ts";
import { DISK_OPTIONS, type DiskRequest, readDiskRequest } from "./disk/options.ts";
import { select } from "./disk/selection.ts";
import { answerUsage, type DiskAnswer } from "./disk/usage.ts";

export const checkDisk = defineCheck({
  name: "check_disk",
  summary: "free space of the machine that the worker runs on",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: DISK_OPTIONS,
  read: readDiskRequest,

  run,
});

async function run(request: DiskRequest, { shared, signal }: CheckContext): Promise<CheckOutput> {
  const answers = await answerAll(request, shared(FILE_SYSTEMS), signal);
  const state = maxState(...answers.map((answer) => answer.state));
  const shown = answers.filter((answer) => !request.errorsOnly || answer.state !== OK);
  const title = request.errorsOnly && state === OK ? "" : " - free space:";
  const texts = shown.map(({ text }) => text).join("");
  const perfdata = answers.flatMap((answer) => answer.perfdata).map((value) => ` ${value}`);
  return {
    returnCode: state,
    output: `DISK ${STATE_NAMES[state]}${title}${texts}|${perfdata.join("")}\n`,
  };
}

/** File systems without blocks (`/proc`) are left out. */
async function answerAll(
  request: DiskRequest,
  systems: FileSystems,
  signal: AbortSignal,
): Promise<readonly DiskAnswer[]> {
  const answers: DiskAnswer[] = [];
  for (const selected of await select(request, systems)) {
    signal.throwIfAborted();
    const usage = await systems.statfs(selected.mount.folder).catch(decline);
    if (usage.blocks > 0n && selected.mount.folder !== "none")
      answers.push(answerUsage(selected, usage, request));
  }
  return answers;
}

/** The plugin goes on with the numbers of the file system before. */
function decline(error: unknown): never {
  if (error instanceof CheckDeclined) throw error;
  throw new CheckDeclined(`statfs failed: ${errnoName(error)}`, { cause: error });
}
