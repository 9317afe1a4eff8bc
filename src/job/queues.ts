/** The options that say which queues a worker serves. */
export interface QueueOptions {
  readonly hosts: boolean;
  readonly services: boolean;
  readonly eventhandler: boolean;
  readonly notifications: boolean;
  readonly hostgroups: readonly string[];
  readonly servicegroups: readonly string[];
}

/**
 * The queues to serve, the most urgent first: the C worker's order, hosts before everything else, since a
 * core waits for a host's state before it judges the host's services. gearmand hands out the queue
 * registered last first, so who registers these goes through the list from its end.
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
