import { readdirSync } from "node:fs";
import {
  type CheckContext,
  CheckDeclined,
  type CheckOutput,
  defineCheck,
  getStatus,
  STATE_NAMES,
} from "../../sdk/index.ts";
import { Pace } from "../libc/pace.ts";
import { MACHINE_FILES } from "./machine-files.ts";
import { PROCS_OPTIONS, type ProcsRequest, readProcsRequest } from "./procs/options.ts";
import { isChild, matches, PS } from "./procs/process-filter.ts";
import { KTHREADD, type MachineProcess, readProcess } from "./procs/process-table.ts";

export const checkProcs = defineCheck({
  name: "check_procs",
  summary: "how many processes the machine has that the worker runs on",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: PROCS_OPTIONS,
  read: readProcsRequest,
  run,
});

async function run(request: ProcsRequest, { shared, signal }: CheckContext): Promise<CheckOutput> {
  const { warning, critical, filters } = request;
  const options = shared(MACHINE_FILES).requirePlace("/proc/1/stat", "kernel");
  if (/hidepid|subset/.test(options)) throw new CheckDeclined("/proc does not show all processes");
  const count = filters.isImpossible ? 0 : await countProcesses(request, signal);
  const state = getStatus(count, { warning, critical });
  const found = `${count} ${count === 1 ? "process" : "processes"}`;
  const suffix = filters.text === "" ? "" : ` with ${filters.text}`;
  const limits = `${warning?.text ?? ""};${critical?.text ?? ""};0;`;
  return {
    returnCode: state,
    output: `PROCS ${STATE_NAMES[state]}: ${found}${suffix} | procs=${count};${limits}\n`,
  };
}

/**
 * Counts as the plugin does. It counts the `ps` that it has started, and neither itself nor the shell that
 * has started it: of all processes these are as many as there are now.
 */
async function countProcesses(request: ProcsRequest, signal: AbortSignal): Promise<number> {
  const pids = listProcesses();
  if (!request.filters.isAny && !request.withoutKernel) return pids.length;
  if (pids.length > MOST) throw new CheckDeclined("too many processes to look at");
  const found = await findProcesses(pids, request, signal);
  if (!request.filters.isAny) return found.length;
  if (found.some(isChild)) throw new CheckDeclined("processes of the worker itself match");
  return found.length + (matches(PS, request.filters) ? 1 : 0);
}

/** To look at one takes 20 to 50 microseconds. */
const MOST = 3_000;

async function findProcesses(
  pids: readonly number[],
  { filters, withoutKernel }: ProcsRequest,
  signal: AbortSignal,
): Promise<readonly MachineProcess[]> {
  const pace = new Pace(signal);
  const found: MachineProcess[] = [];
  let kernel = 0;
  for (const pid of pids) {
    if (pace.isRestDue) await pace.rest();
    const each = readProcess(pid, { withWords: filters.words !== undefined });
    if (each === undefined) continue;
    if (withoutKernel && kernel === 0 && each.name === KTHREADD) kernel = pid;
    // Until it has met the parent of the kernel's threads, the plugin skips what has no parent.
    if (withoutKernel && each.parent === kernel) continue;
    if (matches(each, filters)) found.push(each);
  }
  return found;
}

/** In the order of `ps`. */
function listProcesses(): readonly number[] {
  const names = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}
