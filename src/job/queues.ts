/** The options of worker.conf that name the queues to serve. */
export interface QueueOptions {
  readonly hosts: boolean;
  readonly services: boolean;
  readonly eventhandler: boolean;
  readonly notifications: boolean;
  readonly hostgroups: readonly string[];
  readonly servicegroups: readonly string[];
}

/** The line of worker.conf by which a queue of jobs is served. Undefined: it is a queue of another kind. */
export function optionServing(queue: string): string | undefined {
  const [, kind, group] = /^(host|service)group_(.+)$/.exec(queue) ?? [];
  return group === undefined ? OPTIONS_OF_QUEUES.get(queue) : `${kind}groups=${group}`;
}

const OPTIONS_OF_QUEUES: ReadonlyMap<string, string> = new Map([
  ["host", "hosts=yes"],
  ["service", "services=yes"],
  ["eventhandler", "eventhandler=yes"],
  ["notification", "notifications=yes"],
]);

/**
 * The queues to serve, the most urgent one first, in the C worker's order. Hosts come first because the core
 * waits for a host's state before it judges the services of the host. gearmand serves the queue first that
 * was registered last, so the caller must register the list from its end.
 */
export function queueNames(options: QueueOptions): readonly string[] {
  const names = [
    ...(options.hosts ? ["host"] : []),
    ...(options.services ? ["service"] : []),
    ...(options.eventhandler ? ["eventhandler"] : []),
    ...(options.notifications ? ["notification"] : []),
    ...options.hostgroups.map((group) => `hostgroup_${group}`),
    ...options.servicegroups.map((group) => `servicegroup_${group}`),
  ];
  return [...new Set(names)];
}
