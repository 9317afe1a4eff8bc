import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { startLines } from "../../../src/cli/run/start-lines.ts";
import { loadMinimal } from "../../support/config/load-memory.ts";

const MORE = [
  ...["identifier=gw", "server=[::1]:4731", "dupserver=copy", "hosts=yes", "hostgroups=dmz,lan"],
  ...["native_checks=shadow", "shadow_share=25", "min-worker=2", "max-worker=9", "warm_python=off"],
  "key=hunter2hunter2",
];

it("the log begins with what an operator would ask first, and no secret", () => {
  const lines = startLines(loadMinimal(MORE), "1.2.3");
  const { username } = userInfo();
  expect(lines[0]).toBe(
    `omd-worker 1.2.3, Node.js ${process.versions.node}, identifier gw, user ${username}`,
  );
  const [staged] = startLines(loadMinimal([...MORE, "stage=prod"]), "1.2.3");
  expect(staged).toContain(", identifier gw, stage prod, user ");
  expect(lines[1]).toMatch(/^configuration: .*command line/);
  expect(lines[2]).toMatch(/^servers: .*\[::1\]:4731; copies of results to copy:4730$/);
  expect(lines[3]).toMatch(/^queues: host, .*hostgroup_dmz, hostgroup_lan/);
  expect(lines[4]).toBe(
    "slots: 2 to 9; native checks: shadow, 25 % of the jobs are compared; warm plugins: Perl, at most 100",
  );
  expect(lines.join("\n")).not.toContain("hunter");
});
