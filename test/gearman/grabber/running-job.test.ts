import { expect, it } from "vitest";
import { queuesOf, RunningJob } from "../../../src/gearman/grabber/running-job.ts";

const ORIGIN = { answered: () => {}, ended: () => {} };

it.each([
  {
    says: "all jobs are looked at for a queue that is not found",
    jobs: "aaa",
    most: 2,
    found: "a",
    looked: 3,
  },
  { says: "of thousands of jobs of one queue one is looked at", jobs: "aaa", most: 1, found: "a", looked: 1 },
  { says: "the last queue ends the search", jobs: "aabab", most: 2, found: "ab", looked: 3 },
  { says: "no jobs have no queue", jobs: "", most: 1, found: "", looked: 0 },
])("$says", ({ jobs, most, found, looked }) => {
  let given = 0;
  function* running() {
    for (const queue of jobs) {
      given += 1;
      yield jobOf(queue);
    }
  }
  expect([...queuesOf(running(), most)].join("")).toBe(found);
  expect(given).toBe(looked);
});

function jobOf(queue: string): RunningJob {
  const assigned = { handle: "", queue, unique: "", workload: Buffer.alloc(0), server: "a:4730" };
  return new RunningJob(assigned, ORIGIN);
}
