import { expect, it } from "vitest";
import { readNames } from "./promql.ts";

it.each<
  [query: string, selectors: Readonly<Record<string, readonly string[]>>, groupedBy: readonly string[]]
>([
  ["up == 0", { up: [] }, []],
  ['sum by (a, b) (rate(x_total{c="1",d=~"$x{"}[5m])) > 0.1e3', { x_total: ["c", "d"] }, ["a", "b"]],
  ['a and on (job) b{c!="}"} unless a offset 15m', { a: [], b: ["c"] }, ["job"]],
  ["histogram_quantile(0.95, sum by (le) (rate(h_bucket[$__rate_interval])))", { h_bucket: [] }, ["le"]],
  ["topk(10, a / b) or vector(0)", { a: [], b: [] }, []],
])("the names of %s are read", (query, selectors, groupedBy) => {
  const names = readNames(query);
  expect(Object.fromEntries(names.selectors.map(({ metric, labels }) => [metric, labels]))).toEqual(
    selectors,
  );
  expect(names.groupedBy).toEqual(groupedBy);
});
