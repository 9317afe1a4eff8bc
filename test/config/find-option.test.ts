import { describe, expect, it } from "vitest";
import { findOption, nearestSpelling } from "../../src/config/find-option.ts";

describe("findOption", () => {
  it.each([
    ["max-worker", "max-worker"],
    ["max_worker", "max-worker"],
    ["MAX_WORKER", "max-worker"],
    ["job-timeout", "job_timeout"],
    ["worker_name-in_result", "worker_name_in_result"],
    ["hostgroup", "hostgroups"],
    ["password", "key"],
    ["d", "daemon"],
    ["include", "config"],
  ])("takes %s for %s", (spelling, name) => {
    expect(findOption(spelling)?.name).toBe(name);
  });

  it.each(["", "maxworker", "constructor", "-max-worker"])("does not know '%s'", (spelling) => {
    expect(findOption(spelling)).toBeUndefined();
  });
});

describe("nearestSpelling", () => {
  it.each([
    ["maxworker", "max-worker"],
    ["max_workers", "max-worker"],
    ["hostgrops", "hostgroups"],
    ["keyfiel", "keyfile"],
    ["job_timeuot", "job_timeout"],
    ["serverr", "server"],
  ])("guesses from %s that %s was meant", (slip, spelling) => {
    expect(nearestSpelling(slip)).toBe(spelling);
  });

  it.each(["foo", "x", "", "something_else_entirely"])("has no guess for '%s'", (key) => {
    expect(nearestSpelling(key)).toBeUndefined();
  });
});
