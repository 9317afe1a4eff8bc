import { describe, expect, it } from "vitest";
import { mixer } from "../../../bench/load/mix.ts";
import { SCENARIOS } from "../../../bench/scenarios/scenarios.ts";
import { SITE_LINES, SITE_MIX } from "../../../bench/scenarios/site.ts";
import { SITE_PART_LINES } from "../../../bench/scenarios/site-parts.ts";
import { STORM_LINES } from "../../../bench/scenarios/storms.ts";

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const sharesOf = (queue: string): number =>
  sum(SITE_MIX.filter((part) => part.queue === queue).map(({ share }) => share));

describe("the scenarios", () => {
  it("use each line name once, as a peer is limited to lines by their names", () => {
    const names = SCENARIOS.flatMap(({ lines }) => lines.map(({ name }) => name));
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(SCENARIOS)("show in the chart of $name only figures of its table", ({ columns, charts }) => {
    expect(columns).toEqual(expect.arrayContaining([...charts]));
  });
});

describe("the storms", () => {
  it("each have a hundred quick checks a second beside them, and a slot for every job", () => {
    for (const { mix, rate, pool = 0 } of STORM_LINES) {
      const quick = mix.filter(({ isTimed }) => isTimed);
      expect({ rate, quick: quick.length, storms: mix.length - quick.length }).toEqual({
        rate: 100,
        quick: 2,
        storms: 1,
      });
      expect(pool).toBeGreaterThan(mix.find(({ storm }) => storm !== undefined)?.storm ?? pool);
    }
  });

  it("are run native and executing", () => {
    const names = STORM_LINES.map(({ name }) => name);
    const native = names.filter((name) => !name.endsWith("-exec"));
    expect(names).toEqual(native.flatMap((name) => [name, `${name}-exec`]));
  });
});

describe("the site", () => {
  it("has 1,750 hosts and 11,000 services, each checked once a minute", () => {
    expect([sharesOf("host"), sharesOf("service")]).toEqual([1750, 11_000]);
    for (const { jobs, rate } of SITE_LINES) expect([jobs, rate]).toEqual([12_750, 212.5]);
  });

  it("keeps the shares when it is scaled down", () => {
    const partOf = mixer(SITE_MIX);
    const hosts = Array.from({ length: 1275 }, (_, index) => partOf(index).queue).filter((q) => q === "host");
    expect(Math.abs(hosts.length - 175)).toBeLessThan(4);
  });
});

describe("the parts of the site", () => {
  it("are together all of its checks, each with connections of its own", () => {
    const parts = SITE_PART_LINES.filter(({ name }) => !name.endsWith("-kept"));
    expect(sum(parts.map(({ perMinute = 0 }) => perMinute))).toBe(12_750);
  });

  it("add twenty checks a second to jobs that do nothing", () => {
    for (const { mix, rate } of SITE_PART_LINES) {
      expect({ rate, shares: mix.map(({ share }) => share) }).toEqual({ rate: 170, shares: [150, 20] });
    }
  });

  it("are measured once more with kept connections where that is something else", () => {
    const kept = SITE_PART_LINES.filter(({ own }) => own.includes("--native_db_pool=on"));
    expect(kept.map(({ name }) => name)).toEqual(
      ["by-ssh", "nrpe-adh", "nsc-web", "http", "https", "pgsql", "mysql-query"].map(
        (name) => `part-${name}-kept`,
      ),
    );
  });
});
