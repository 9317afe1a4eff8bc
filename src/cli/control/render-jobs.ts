import { withoutControls } from "../../byte-string.ts";
import type { JobInFlight } from "../../worker/in-flight.ts";
import { renderTable } from "../render-table.ts";
import { renderDuration } from "./render-time.ts";

/** What `omd-worker jobs` prints: the jobs under way, the oldest first. */
export function renderJobs(jobs: readonly JobInFlight[]): string {
  if (jobs.length === 0) return "no job is under way\n";
  const rows = jobs.map(({ age, queue, type, hostName, serviceDescription, server }) => [
    renderDuration(age),
    type ?? "",
    queue,
    [hostName, serviceDescription].filter((name) => name !== undefined).join(" - "),
    server,
  ]);
  return renderTable(
    ["age", "type", "queue", "object", "job server"],
    rows.map((row) => row.map((text) => withoutControls(text))),
  );
}
