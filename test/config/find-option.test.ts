import { describe, expect, it } from "vitest";
import { createOptionFinder } from "../../src/config/find-option.ts";
import { nearestWord } from "../../src/config/nearest-word.ts";
import { optionsOf } from "../../src/config/table.ts";
import { GROUPS } from "../support/config/load-memory.ts";

const { find, nearest } = createOptionFinder(optionsOf(GROUPS));

describe("find", () => {
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
    expect(find(spelling)?.name).toBe(name);
  });

  it.each(["", "maxworker", "constructor", "-max-worker"])("does not know '%s'", (spelling) => {
    expect(find(spelling)).toBeUndefined();
  });
});

describe("nearest", () => {
  it.each([
    ["maxworker", "max-worker"],
    ["max_workers", "max-worker"],
    ["hostgrops", "hostgroups"],
    ["keyfiel", "keyfile"],
    ["job_timeuot", "job_timeout"],
    ["serverr", "server"],
  ])("guesses from %s that %s was meant", (slip, spelling) => {
    expect(nearest(slip)).toBe(spelling);
  });

  it.each(["foo", "x", "", "something_else_entirely"])("has no guess for '%s'", (key) => {
    expect(nearest(key)).toBeUndefined();
  });
});

it.each([
  ["check_tpc", "check_tcp"],
  ["chekc", "check"],
  ["abcd", undefined],
])("the word nearest to %s is %s", (word, nearest) => {
  expect(nearestWord(["check_ftp", "check_tcp", "check", "config"], word.replaceAll("_", "-"))).toBe(nearest);
});
