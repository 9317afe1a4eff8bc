import { expect, it } from "vitest";
import { renderServiceStatus } from "../../../src/cli/run/service-status.ts";

type Shown = Parameters<typeof renderServiceStatus>[0];

const QUIET: Shown = {
  state: "open",
  jobs: { done: 12, inFlight: [] },
  outbox: { size: 0 },
  jobServers: [{ name: "one:4730", isConnected: true }],
};
const GONE = { name: "two:4730", isConnected: false };

it.each<[Shown, string]>([
  [QUIET, "0 jobs under way, 12 done; 1 job servers connected"],
  [{ ...QUIET, state: "stopping" }, "stopping: 0 jobs under way, 12 done; 1 job servers connected"],
  [
    { ...QUIET, outbox: { size: 3 }, jobServers: [...QUIET.jobServers, GONE] },
    "0 jobs under way, 12 done, 3 results wait; 1 of 2 job servers connected, waiting for two:4730",
  ],
])("a line says how the service is, %#", (status, line) => {
  expect(renderServiceStatus(status)).toBe(line);
});
