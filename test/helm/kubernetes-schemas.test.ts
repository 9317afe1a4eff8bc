import { readFileSync } from "node:fs";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool, toolFolder } from "../support/fetched-tools.ts";
import {
  find,
  type KubeObject,
  objectsOf,
  objectsOfFiles,
  ofKind,
  readObjects,
} from "../support/helm/template.ts";

const VERSIONS = [27, 28, 29, 30, 31, 32, 33, 34, 35].map((minor) => `1.${minor}`);
const VALUES = ["values-dev.yaml", "values-prod.yaml", "ci/trial-values.yaml", "ci/everything-values.yaml"];
const CUSTOM = ["PodMonitor", "ServiceMonitor", "PrometheusRule", "ScaledObject"];

const MODELS = { PodMonitor, ServiceMonitor, PrometheusRule, ScaledObject };

/** A model takes an object of any shape, and tells what is wrong with it. */
function validateCustom(object: KubeObject): void {
  const Model = MODELS[object.kind as keyof typeof MODELS] as unknown as new (
    given: object,
  ) => { validate(): void };
  new Model(object).validate();
}

/** What is wrong with objects, a line each. */
async function validate(versions: readonly string[], objects: readonly object[]): Promise<readonly string[]> {
  const { stdout } = await execa("python3", ["test/support/helm/validate_objects.py"], {
    env: { PYTHONPATH: toolFolder("kubernetes-validate") },
    input: JSON.stringify({ versions, objects }),
  });
  return JSON.parse(stdout);
}

describe.skipIf(!hasTool("helm") || !hasTool("kubernetes-validate"))("the schemas of Kubernetes", () => {
  it("1.27 to 1.35 take all objects of its own kinds, strictly", async () => {
    const objects = VALUES.flatMap((file) => objectsOfFiles(file)).filter(
      ({ kind }) => !CUSTOM.includes(kind),
    );
    expect(objects.length).toBeGreaterThan(80);
    expect(await validate(VERSIONS, objects)).toEqual([]);
  }, 180_000);

  it("take what the examples have for a cluster", async () => {
    const files = ["rollout/deployer.yaml", "event-handlers/kubernetes/scale-deployment.yaml"];
    const objects = files.flatMap((file) => readObjects(readFileSync(`examples/${file}`, "utf8")));
    expect(objects).toHaveLength(6);
    expect(await validate([...VERSIONS.slice(0, 1), ...VERSIONS.slice(-1)], objects)).toEqual([]);
  });

  it("would find a field that is none", async () => {
    const deployment = find(objectsOf(), "Deployment", "omd-snmp-worker");
    const wrong = { ...deployment, spec: { ...deployment.spec, replica: 1 } };
    const says = "1.35: Deployment/omd-snmp-worker: spec: Additional properties are not allowed ('replica'";
    expect(await validate(["1.35"], [wrong])).toEqual([expect.stringContaining(says)]);
  });
});

describe.skipIf(!hasTool("helm"))("the operators' models", () => {
  const everything = () => [
    ...objectsOfFiles("ci/everything-values.yaml"),
    ...objectsOfFiles("values-prod.yaml"),
  ];

  it.each(CUSTOM)("take each %s", (kind) => {
    const objects = ofKind(everything(), kind);
    expect(objects.length).toBeGreaterThan(0);
    for (const object of objects) expect(() => validateCustom(object)).not.toThrow();
  });

  it("would find a wrong type", () => {
    const object = find(everything(), "ScaledObject", "omd-snmp-worker");
    const wrong = { ...object, spec: { ...object.spec, minReplicaCount: "2" } };
    expect(() => validateCustom(wrong)).toThrow();
  });
});
