import { withoutControls } from "../../byte-string.ts";
import { hasJobServer, type WorkerStatus } from "../../worker/worker-status.ts";
import { renderDuration, renderSince } from "./render-time.ts";

/** What `omd-worker status` prints: a line for each thing, its name in front. */
export function renderStatus(status: WorkerStatus, now = Date.now() / 1000): string {
  const { identifier, stage, version, since } = status;
  const name = stage === undefined ? identifier : `${identifier} (${stage})`;
  const head = `${name}: omd-worker ${version}, ${stateOf(status)}, up ${renderDuration(now - since)}\n`;
  const lines = [
    ...line("slots", slots(status)),
    ...many("limits", limits(status)),
    ...line("jobs", jobs(status)),
    ...line("unreadable", unreadable(status, now)),
    ...line("results", results(status)),
    ...line("spool", spool(status)),
    ...many("server", status.jobServers.map(jobServer)),
    ...many("dupserver", status.dupservers.map(dupserver)),
    ...line("plugins", plugins(status)),
    ...many("waits", waits(status)),
    ...many(
      "set aside",
      status.native.setAside.map(({ path, why }) => `${path}: ${why}`),
    ),
    ...many(
      "cannot start",
      status.recent.unusable.map(
        ({ path, why, lastTime }) => `${withoutControls(path)}: ${why}, ${renderSince(lastTime, now)}`,
      ),
    ),
    ...line("shadow", shadow(status)),
    ...line("reload", reload(status, now)),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return head + lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join("");
}

const STATES: Readonly<Record<WorkerStatus["state"], string>> = {
  made: "starting",
  open: "takes jobs",
  drained: "drained: it takes no jobs until omd-worker resume",
  stopping: "stopping",
  stopped: "stopped",
};

/** A worker that is open and has no job server gets nothing to do, which an operator must see at once. */
function stateOf({ state, jobServers }: WorkerStatus): string {
  if (state === "open" && !hasJobServer(jobServers)) return "takes no jobs, as no job server answers";
  return STATES[state];
}

type Line = readonly [name: string, text: string];

function line(name: string, text: string | undefined): readonly Line[] {
  return text === undefined ? [] : [[name, text]];
}

/** The name stands in front of the first only. */
function many(name: string, texts: readonly string[]): readonly Line[] {
  return texts.map((text, at) => [at === 0 ? name : "", text]);
}

function slots({ slots: { busy, size, min, max } }: WorkerStatus): string {
  return `${busy} of ${size} busy (min-worker ${min}, max-worker ${max})`;
}

function limits({ slots: { queues = [] } }: WorkerStatus): readonly string[] {
  return queues.map(
    ({ queue, most, running, waiting }) =>
      `${withoutControls(queue)}: ${running} of at most ${most} run${waiting === 0 ? "" : `, ${waiting} wait`}`,
  );
}

function jobs({ jobs: { done, inFlight, orphaned } }: WorkerStatus): string {
  const [oldest] = inFlight;
  const age = oldest === undefined ? "" : `, the oldest for ${renderDuration(oldest.age)}`;
  const lost = orphaned === 0 ? "" : `, ${orphaned} of them over a connection that is lost`;
  return `${done} done, ${inFlight.length} under way${age}${lost}`;
}

/** They count as done, but the core gets no result of them. */
function unreadable({ recent }: WorkerStatus, now: number): string | undefined {
  if (recent.unreadable === undefined) return undefined;
  const { count, lastTime, why } = recent.unreadable;
  return `${count} of them, the last ${renderSince(lastTime, now)}: ${withoutControls(why)}`;
}

function results({ outbox: { size, oldestAge } }: WorkerStatus): string {
  return size === 0
    ? "none waits"
    : `${size} wait for a job server, the oldest for ${renderDuration(oldestAge)}`;
}

function spool({ outbox: { spool } }: WorkerStatus): string | undefined {
  if (spool === undefined) return undefined;
  const { folder, results, bytes, setAside, problem } = spool;
  const files = setAside === 0 ? "" : `, ${setAside} files set aside`;
  const state = problem === undefined ? "" : `, cannot be written (${withoutControls(problem)})`;
  return `${results} results, ${Math.ceil(bytes / 1024)} KiB in ${withoutControls(folder)}${files}${state}`;
}

function jobServer({
  name,
  isConnected,
  reason,
  isSilent,
  isRetired,
  jobsInFlight,
}: WorkerStatus["jobServers"][number]): string {
  const why = reason === undefined ? "" : ` (${withoutControls(reason)})`;
  const state = !isConnected
    ? `not connected${why}`
    : isSilent
      ? "connected, but does not answer"
      : "connected";
  const retired = isRetired ? ", of an earlier configuration" : "";
  return `${name} ${state}, ${jobsInFlight} jobs under way${retired}`;
}

function dupserver({ name, isConnected, waiting, limit }: WorkerStatus["dupservers"][number]): string {
  return `${name} ${isConnected ? "connected" : "not connected"}, ${waiting} of at most ${limit} copies wait`;
}

function plugins({ executor: { shells, templates } }: WorkerStatus): string {
  return `${shells.busy} shells busy, ${shells.idle} idle; ${templates} plugins kept warm`;
}

function waits({ native }: WorkerStatus): readonly string[] {
  return Object.entries(native.waits)
    .filter(([, { waited, waiting }]) => waited + waiting > 0)
    .map(
      ([what, { waiting, waited, longestWait }]) =>
        `${what}: ${waiting} now, ${waited} since the start, the longest ${renderDuration(longestWait)}`,
    );
}

function shadow({ shadow: { share, checks } }: WorkerStatus): string | undefined {
  const counts = Object.values(checks);
  if (share === 0 && counts.length === 0) return undefined;
  const sum = (pick: (count: (typeof counts)[number]) => number) =>
    counts.reduce((all, each) => all + pick(each), 0);
  return `${share} % of the jobs, ${sum(({ agreed }) => agreed)} agreed, ${sum(({ different }) => different)} different`;
}

function reload({ lastReload }: WorkerStatus, now: number): string | undefined {
  if (lastReload === undefined) return undefined;
  const { time, changed } = lastReload;
  const names = [...changed.live, ...changed.reconnect];
  return `${renderSince(time, now)}, changed: ${names.join(", ") || "nothing"}`;
}
