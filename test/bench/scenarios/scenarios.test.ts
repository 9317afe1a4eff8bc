import { describe, expect, it } from "vitest";
import { mixer } from "../../../bench/load/mix.ts";
import { SCENARIOS } from "../../../bench/scenarios/scenarios.ts";
import { SITE_LINES, SITE_MIX } from "../../../bench/scenarios/site.ts";

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
