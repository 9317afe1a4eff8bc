import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { queueNames } from "../../src/job/queues.ts";
import { serviceJob } from "../../test/e2e/core.ts";
import type { Target } from "./targets.ts";

const HOSTS = "host";

/** The queues that the chart's values give to the pool of an image, and that of a host group. */
export function queuesOf(target: Target): readonly string[] {
  const { poolDefaults, pools } = parse(readFileSync("helm/omd-worker/values.yaml", "utf8"));
  return queueNames({ ...poolDefaults.queues, ...pools[target].queues, hostgroups: [target] });
}

/** The variables of a worker that serves these queues. */
export function variablesOf(queues: readonly string[]): Readonly<Record<string, string>> {
  const groupsOf = (prefix: string) =>
    queues.filter((queue) => queue.startsWith(prefix)).map((queue) => queue.slice(prefix.length));
  return {
    OMD_WORKER_HOSTS: queues.includes(HOSTS) ? "yes" : "no",
    OMD_WORKER_HOSTGROUPS: groupsOf("hostgroup_").join(","),
    OMD_WORKER_SERVICEGROUPS: groupsOf("servicegroup_").join(","),
  };
}

/** A check as the core puts it into this queue; its host is called by the number. */
export function jobFor(queue: string, number: number, command: string) {
  const more = { target_queue: queue, host_name: String(number) };
  const { service_description: service, ...job } = serviceJob("s", command, more);
  return queue === HOSTS ? { ...job, type: "host" } : { ...job, service_description: service };
}
