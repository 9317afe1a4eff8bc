import type { Figures } from "./figures.ts";

const RAN = /^modgearmanworker_tasks_completed_total\{[^}]*exec="(?<exec>\w+)"[^}]*\} (?<jobs>\S+)/gm;

/** Which ways the jobs of our own worker went, in percent, by its metrics at `HOST:PORT`. */
export async function readShares(server: string): Promise<Figures> {
  const reply = await fetch(`http://${server}/metrics`);
  return sharesOf(await reply.text());
}

/** `internal` is answered inside the worker, `epn` by a warm interpreter; the others start a process. */
export function sharesOf(metrics: string): Figures {
  const counts = new Map<string, number>();
  let all = 0;
  for (const { groups } of metrics.matchAll(RAN)) {
    const jobs = Number(groups?.["jobs"]);
    const exec = groups?.["exec"] ?? "";
    counts.set(exec, (counts.get(exec) ?? 0) + jobs);
    all += jobs;
  }
  const percent = (jobs: number): number => (100 * jobs) / all;
  const inside = counts.get("internal") ?? 0;
  const warm = counts.get("epn") ?? 0;
  return {
    insidePercent: percent(inside),
    warmPercent: percent(warm),
    startedPercent: percent(all - inside - warm),
  };
}
