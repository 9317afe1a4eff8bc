import { describe, expect, it } from "vitest";
import { METRICS } from "../../src/metrics/table.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { find, objectsOf, ofKind } from "../support/helm/template.ts";

const SNMP = "omd-snmp-worker";
const scaled = (autoscaling: object, more: object = {}) => ({ pools: { snmp: { autoscaling, ...more } } });

describe.skipIf(!hasTool("helm"))("autoscaling", () => {
  it("none: the Deployment says how many, and nothing else does", () => {
    const objects = objectsOf(scaled({ kind: "none" }, { replicas: 4 }));
    expect(find(objects, "Deployment", SNMP).spec.replicas).toBe(4);
    expect([...ofKind(objects, "HorizontalPodAutoscaler"), ...ofKind(objects, "ScaledObject")]).toEqual([]);
  });

  it("hpa: by the CPU of the worker, and not KEDA", () => {
    const objects = objectsOf(scaled({ kind: "hpa", minReplicas: 3, hpa: { memoryUtilization: 80 } }));
    expect(ofKind(objects, "ScaledObject")).toEqual([]);
    const { spec } = find(objects, "HorizontalPodAutoscaler", SNMP);
    expect(spec).toMatchObject({ minReplicas: 3, maxReplicas: 6, scaleTargetRef: { name: SNMP } });
    expect(spec.metrics.map((each: { containerResource: object }) => each.containerResource)).toEqual([
      { name: "cpu", container: "worker", target: { type: "Utilization", averageUtilization: 70 } },
      { name: "memory", container: "worker", target: { type: "Utilization", averageUtilization: 80 } },
    ]);
  });

  it("keda: by what waits and what runs in all queues at all job servers, and not an HPA of the chart", () => {
    const keda = { kind: "keda", keda: { waitingPerPod: 10, busyPercent: 50 } };
    const objects = objectsOf({
      gearman: { servers: ["192.0.2.1", "b:4731"] },
      ...scaled(keda, { config: { "max-worker": 30 }, queues: { hosts: true, hostgroups: ["a", "b"] } }),
    });
    expect(ofKind(objects, "HorizontalPodAutoscaler")).toEqual([]);
    const { spec } = find(objects, "ScaledObject", SNMP);
    expect(spec).toMatchObject({ minReplicaCount: 2, maxReplicaCount: 6, fallback: { replicas: 6 } });
    // One number for the pool: KEDA takes the largest of its triggers, not their sum.
    const trigger = (valueLocation: string, targetValue: string) => ({
      type: "metrics-api",
      metricType: "AverageValue",
      metadata: {
        url: "http://omd-snmp-worker.monitoring.svc:9050/metrics",
        format: "prometheus",
        valueLocation,
        targetValue,
      },
    });
    expect(spec.triggers).toEqual([
      trigger(METRICS.ownWaiting.name, "10"),
      trigger(METRICS.ownRunning.name, "15"),
    ]);
    expect([METRICS.ownWaiting.labels, METRICS.ownRunning.labels]).toEqual([[], []]);
  });

  it("keda with Prometheus: the largest that a pod tells of each queue, summed up", () => {
    const keda = { trigger: "prometheus", prometheusAddress: "http://prometheus:9090" };
    const objects = objectsOf(scaled({ kind: "keda", keda }, { queues: { hostgroups: ["a.b"] } }));
    const [waiting] = find(objects, "ScaledObject", SNMP).spec.triggers;
    const labels = 'namespace="monitoring",queue=~"hostgroup_a\\\\.b|servicegroup_snmp"';
    expect(waiting.metadata.query).toBe(
      `sum(max by (server, queue) (gearman_queue_jobs_waiting{${labels}}))`,
    );
  });

  it("never cuts a pool to one pod: at least minReplicas, unless the field is left out", () => {
    const replicas = (autoscaling: object) =>
      find(objectsOf(scaled(autoscaling)), "Deployment", SNMP).spec.replicas;
    expect(replicas({ kind: "hpa", minReplicas: 3 })).toBe(3);
    expect(replicas({ kind: "keda", minReplicas: 3 })).toBe(3);
    expect(replicas({ kind: "hpa", minReplicas: 3, replicasField: "omit" })).toBeUndefined();
  });
});
