import { expect, it } from "vitest";
import type { Change } from "../../../../integrations/backends/changes/change.ts";
import { renderChange } from "../../../../integrations/zulip/changes/render-change.ts";

const CHANGE: Change = {
  what: "downtime",
  target: { host: "web1", service: "http" },
  author: "gui",
  comment: "new disk",
  endsAt: 1_795_419_000,
  isNotified: false,
};
const EN = { language: "en" } as const;

it.each<[string, Partial<Change>, string]>([
  ["with its end", {}, "http - web1 has a downtime, until <time:2026-11-23T07:30:00Z> (gui: new disk)"],
  ["without one", { endsAt: undefined }, "http - web1 has a downtime (gui: new disk)"],
  ["with one that no calendar has", { endsAt: 1e20 }, "http - web1 has a downtime (gui: new disk)"],
  ["with one that is no number", { endsAt: Number.NaN }, "http - web1 has a downtime (gui: new disk)"],
  [
    "of a host, by nobody",
    { target: { host: "web1" }, author: "", comment: "", endsAt: undefined },
    "web1 has a downtime",
  ],
])("a change is told %s", (_, more, text) => {
  expect(renderChange({ ...CHANGE, ...more }, EN)).toBe(text);
});

it("a change is told in German, with the stage", () => {
  const over = { ...CHANGE, what: "unacknowledged", author: "", comment: "" } as const;
  expect(renderChange(over, { language: "de", stage: "dev" })).toBe(
    "http - web1 (dev) ist nicht mehr bestätigt",
  );
});
