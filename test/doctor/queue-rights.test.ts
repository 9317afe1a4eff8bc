import { expect, it } from "vitest";
import { examineQueueRights } from "../../src/doctor/queue-rights.ts";

const subject = "queue_user=host:nobody";
const problem = "there is no user nobody on this machine";

it.each([
  ["is fine if its plugins can run so", undefined, true, "fine", `${subject}: a plugin can run so`],
  ["is an error if they cannot", problem, true, "error", `${subject}: ${problem}`],
  [
    "is a warning if this process may not try it",
    problem,
    false,
    "warning",
    `${subject} was not tried: ${problem}`,
  ],
])("a queue with a user %s", (_, found, mayTry, severity, text) => {
  expect(examineQueueRights([{ subject, problem: found }], mayTry)).toMatchObject([
    { about: "user", severity, text },
  ]);
});
