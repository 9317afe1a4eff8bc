import { expect, it } from "vitest";
import { sharesOf } from "../../../bench/measuring/shares.ts";

it("the shares of the ways are those of all jobs, whatever their type", () => {
  const metrics = [
    "# TYPE modgearmanworker_tasks_completed_total counter",
    'modgearmanworker_tasks_completed_total{type="host",exec="internal"} 10',
    'modgearmanworker_tasks_completed_total{type="service",exec="internal"} 50',
    'modgearmanworker_tasks_completed_total{type="service",exec="epn"} 25',
    'modgearmanworker_tasks_completed_total{type="service",exec="exec"} 10',
    'modgearmanworker_tasks_completed_total{type="service",exec="shell"} 5',
    'modgearmanworker_tasks_errors_total{type="service",exec="shell"} 5',
  ].join("\n");
  expect(sharesOf(metrics)).toEqual({ insidePercent: 60, warmPercent: 25, startedPercent: 15 });
});
