import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CHART, renderedFiles } from "../../helm/render/rendered-files.ts";
import { leavesOf, readChartValues } from "../../helm/render/values-table.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { objectsOf, readYaml } from "../support/helm/template.ts";

const VALUES = readFileSync(`${CHART}/values.yaml`, "utf8");

describe("files of the chart that are rendered (npm run chart)", () => {
  it.each([...renderedFiles().keys()])("%s is what is rendered", (path) => {
    expect(readFileSync(path, "utf8")).toBe(renderedFiles().get(path));
  });

  it("are all there are: a dashboard or a rule that is gone is not kept", () => {
    const rendered = [...renderedFiles().keys()].filter((path) => path.startsWith(`${CHART}/files/`));
    expect(globSync(`${CHART}/files/**/*.*`).toSorted()).toEqual(rendered.toSorted());
  });

  it("have dashboards and rules", () => {
    const names = [...renderedFiles().keys()].join("\n");
    expect(names).toMatch(/files\/grafana\/.*\.json/);
    expect(names).toMatch(/files\/prometheus\/.*\.rules\.yaml/);
  });
});

describe("what is packaged with the chart", () => {
  it("has a README that leads nowhere outside of the package", () => {
    const text = readFileSync(`${CHART}/README.md`, "utf8");
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    expect(targets.filter((target) => !/^(?:#|https:)/.test(target))).toEqual([]);
  });

  it.skipIf(!hasTool("helm"))("names exactly the images that a release can have", () => {
    const program = { enabled: true, existingSecret: "a" };
    const programs = { perfdata: program, zulipBot: program, zulipNotifier: program };
    const text = JSON.stringify(objectsOf({ ...programs, gearmand: { enabled: true } }));
    const used = [...text.matchAll(/"image":"([^"]+)"/g)].map(([, image = ""]) => image);
    const { annotations } = readYaml<{ readonly annotations: Readonly<Record<string, string>> }>(
      readFileSync(`${CHART}/Chart.yaml`, "utf8"),
    );
    const named = readYaml<readonly { readonly image: string }[]>(annotations["artifacthub.io/images"] ?? "");
    expect(named.map(({ image }) => image).toSorted()).toEqual([...new Set(used)].toSorted());
  });
});

describe("values.yaml", () => {
  it("says of every value what it is for, or of what it is a part of", () => {
    const documented = readChartValues(VALUES).map(({ path }) => path);
    const isDocumented = (leaf: string) =>
      documented.some((path) => leaf === path || leaf.startsWith(`${path}.`));
    expect(leavesOf(readYaml(VALUES)).filter((leaf) => !isDocumented(leaf))).toEqual([]);
  });

  it("is read with its comments: the first word, lines that go on, and maps", () => {
    const text = [
      "# About all.",
      "a:",
      "  # -- First",
      "  # and more",
      "  b: {c: 1}",
      "  # -- Second",
      "  d:",
      "    e: [x]",
      "f: 2",
    ];
    expect(readChartValues(text.join("\n"))).toEqual([
      { path: "a.b", default: { c: 1 }, help: "First and more" },
      { path: "a.d", default: { e: ["x"] }, help: "Second" },
    ]);
  });
});

it("the chart has the worker's version, as release.sh gives one number to all", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const chart = readYaml<object>(readFileSync(`${CHART}/Chart.yaml`, "utf8"));
  expect(chart).toMatchObject({ version, appVersion: version });
});
