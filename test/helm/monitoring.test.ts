import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { find, objectsOf, ofKind, readYaml } from "../support/helm/template.ts";

const RULES = globSync("monitoring/prometheus/*.rules.yaml");
const DASHBOARDS = globSync("monitoring/grafana/*.json");

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly labels?: object }[] }[];
}

describe.skipIf(!hasTool("helm"))("what watches the pools", () => {
  it("is not there unless it is asked for", () => {
    const kinds = objectsOf().map(({ kind }) => kind);
    expect(kinds.filter((kind) => /Monitor|Rule/.test(kind))).toEqual([]);
    expect(ofKind(objectsOf(), "ConfigMap")).toHaveLength(5);
  });

  it.each(RULES)("%s: the alerts, with the labels of the site", (path) => {
    const prometheusRule = { enabled: true, labels: { release: "p" }, alertLabels: { team: "m" } };
    const name = `omd-${basename(path, ".rules.yaml")}`;
    const { metadata, spec } = find(objectsOf({ metrics: { prometheusRule } }), "PrometheusRule", name);
    const { groups } = readYaml<Rules>(readFileSync(path, "utf8"));
    const labelled = groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) =>
        "alert" in rule ? { ...rule, labels: { ...rule.labels, team: "m" } } : rule,
      ),
    }));
    expect(spec.groups).toEqual(labelled);
    expect(metadata.labels).toMatchObject({ release: "p" });
  });

  it.each(DASHBOARDS)("%s: as it is, with the label of Grafana's sidecar", (path) => {
    const objects = objectsOf({ metrics: { dashboards: { enabled: true } } });
    const name = `omd-dashboard-${basename(path, ".json")}`;
    const { metadata, data } = find(objects, "ConfigMap", name);
    expect(JSON.parse(data[basename(path)])).toEqual(JSON.parse(readFileSync(path, "utf8")));
    expect(metadata.labels).toMatchObject({ grafana_dashboard: "1" });
  });

  it.each(["PodMonitor", "ServiceMonitor"])(
    "a %s reads the metrics of the pools, and of nothing else",
    (monitor) => {
      const objects = objectsOf({
        metrics: { monitor, monitorLabels: { release: "p" } },
        gearmand: { enabled: true },
      });
      const { metadata, spec } = find(objects, monitor, "omd-worker");
      expect(metadata.labels).toMatchObject({ release: "p" });
      expect(spec.selector.matchExpressions[0].values).toEqual([
        "check-ssh",
        "db",
        "hostcheck",
        "snmp",
        "windows",
      ]);
      const [endpoint] = spec.podMetricsEndpoints ?? spec.endpoints;
      expect(endpoint).toMatchObject({ port: "metrics", path: "/metrics" });
      const [port] = find(objects, "Service", "omd-snmp-worker").spec.ports;
      expect(port).toMatchObject({ name: "metrics", targetPort: "metrics" });
    },
  );
});
