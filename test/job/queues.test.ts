import { describe, expect, it } from "vitest";
import { optionServing, type QueueOptions, queueNames } from "../../src/job/queues.ts";

const NONE: QueueOptions = {
  hosts: false,
  services: false,
  eventhandler: false,
  notifications: false,
  hostgroups: [],
  servicegroups: [],
};
const ALL: QueueOptions = {
  hosts: true,
  services: true,
  eventhandler: true,
  notifications: true,
  hostgroups: ["alpha", "beta", "gamma"],
  servicegroups: ["sgdb"],
};

describe("queueNames", () => {
  it("is the C worker's recorded CAN_DO list reversed: gearmand serves the last queue first", () => {
    const recorded = [
      "servicegroup_sgdb",
      "hostgroup_gamma",
      "hostgroup_beta",
      "hostgroup_alpha",
      "notification",
      "eventhandler",
      "service",
      "host",
    ];
    expect(queueNames(ALL)).toEqual(recorded.toReversed());
  });

  it.each([
    ["hosts", { hosts: true }, ["host"]],
    ["services", { services: true }, ["service"]],
    ["eventhandler", { eventhandler: true }, ["eventhandler"]],
    ["notifications", { notifications: true }, ["notification"]],
    ["hostgroups", { hostgroups: ["a", "b"] }, ["hostgroup_a", "hostgroup_b"]],
    ["servicegroups", { servicegroups: ["a"] }, ["servicegroup_a"]],
    ["nothing", {}, []],
    ["a group named twice", { hostgroups: ["a", "b", "a"] }, ["hostgroup_a", "hostgroup_b"]],
  ])("%s", (_, options, names) => {
    expect(queueNames({ ...NONE, ...options })).toEqual(names);
  });
});

describe("the option that serves a queue", () => {
  it("is found for each queue that the worker may serve", () => {
    expect(queueNames(ALL).map(optionServing)).toEqual([
      "hosts=yes",
      "services=yes",
      "eventhandler=yes",
      "notifications=yes",
      "hostgroups=alpha",
      "hostgroups=beta",
      "hostgroups=gamma",
      "servicegroups=sgdb",
    ]);
  });

  it.each(["perfdata", "check_results", "hostgroup_", "worker_gw", "constructor"])(
    "is none for %s",
    (queue) => {
      expect(optionServing(queue)).toBeUndefined();
    },
  );
});
