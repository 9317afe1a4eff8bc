import { describe, expect, it } from "vitest";
import { decodeJob } from "../../src/job/decode.ts";
import { ageIfTooOld } from "../../src/job/max-age.ts";

const NOW = 1_700_000_100;
const JOBS = [
  ["is too old when older than max-age", "core_time=1700000000", 60, 100],
  ["is not too old at max-age", "core_time=1700000000", 100, undefined],
  ["is too old just above max-age", "core_time=1699999999.75", 100, 100.25],
  ["is never too old without max-age", "core_time=1", 0, undefined],
  ["is not too old when the core's clock is ahead", "core_time=1700000200", 60, undefined],
  ["is measured by next_check of an older core", "next_check=1700000000", 60, 100],
  ["is measured by start_time of the oldest cores", "start_time=1700000000", 60, 100],
  ["has no age without a time", "timeout=10", 60, undefined],
] as const;

describe("a job", () => {
  it.each(JOBS)("%s", (_, time, maxAge, age) => {
    const job = decodeJob(`type=host\nhost_name=a\n${time}\ncommand_line=/bin/true\n`);
    expect(ageIfTooOld(job, NOW, maxAge)).toBe(age);
  });
});
