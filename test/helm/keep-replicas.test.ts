import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import { CHART, find, KEEP_GARBAGE, MINIMUM, readObjects } from "../support/helm/template.ts";

const NAME = "omd-snmp-worker";
/** Of the release, as Helm has marked it. */
const METADATA = {
  name: NAME,
  namespace: "default",
  labels: { "app.kubernetes.io/managed-by": "Helm" },
  annotations: { "meta.helm.sh/release-name": "omd", "meta.helm.sh/release-namespace": "default" },
};
const OBJECT = { apiVersion: "apps/v1", kind: "Deployment", metadata: METADATA };

const SCALERS = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
const SCALER = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" };

const KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: ["ConfigMap", "Service", "ServiceAccount", "Pod"],
  "apps/v1": ["Deployment"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "keda.sh/v1alpha1": ["ScaledObject"],
  "networking.k8s.io/v1": ["NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
};

/** What the API server says of a group of kinds. */
function resources(groupVersion: string): object {
  const described = (KINDS[groupVersion] ?? []).map((kind) => ({
    kind,
    name: `${kind.toLowerCase()}s`,
    singularName: "",
    namespaced: true,
    verbs: ["get", "list"],
  }));
  return { kind: "APIResourceList", groupVersion, resources: described };
}

interface Cluster {
  readonly replicas: number;
  readonly scaler?: string | undefined;
  readonly managedFields?: readonly object[] | undefined;
}

/** As much of the API as Helm asks for when it renders: one Deployment, and its autoscaler if named. */
async function startApi({ replicas, scaler = "", managedFields = [] }: Cluster) {
  const named = Object.keys(KINDS).filter((each) => each !== "v1");
  const groups = named.map((groupVersion) => {
    const [name = "", version = ""] = groupVersion.split("/");
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
  });
  const answers: Readonly<Record<string, object>> = {
    "/version": { major: "1", minor: "35", gitVersion: "v1.35.0" },
    "/api": { kind: "APIVersions", versions: ["v1"] },
    "/apis": { kind: "APIGroupList", apiVersion: "v1", groups },
    "/api/v1": resources("v1"),
    ...Object.fromEntries(named.map((each) => [`/apis/${each}`, resources(each)])),
    [`/apis/apps/v1/namespaces/default/deployments/${NAME}`]: {
      ...OBJECT,
      metadata: { ...METADATA, managedFields },
      spec: { replicas },
    },
    ...(scaler === ""
      ? {}
      : { [`${SCALERS}/${scaler}`]: { ...SCALER, metadata: { ...METADATA, name: scaler } } }),
  };
  const missing = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 };
  const server = createServer(({ url = "" }, response) => {
    const answer = answers[url.replace(/\?.*/, "")];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? missing));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function replicasOf(cluster: Cluster, kind: string, helm: "helm" | "helm3" = "helm") {
  await using api = await startApi(cluster);
  const autoscaling = { kind, minReplicas: 2, maxReplicas: 6 };
  const values = { ...MINIMUM, pools: { snmp: { replicas: 3, autoscaling } } };
  const asked = ["--dry-run=server", "--disable-openapi-validation", `--kube-apiserver=${api.url}`];
  const words = ["template", "omd", CHART, "--namespace", "default", "-f", "-", ...asked];
  const { stdout } = await execa(toolPath(helm), words, { input: JSON.stringify(values), env: KEEP_GARBAGE });
  return find(readObjects(stdout), "Deployment", NAME).spec.replicas;
}

const replicasWith = (replicas: number, kind: string, scaler?: string) =>
  replicasOf({ replicas, scaler }, kind);

/** Who owns which fields, as the API server said of a release after `kubectl scale`. */
const APPLIED = {
  manager: "helm",
  operation: "Apply",
  fieldsV1: { "f:spec": { "f:replicas": {}, "f:template": {} } },
};
const SCALED = {
  manager: "kube-controller-manager",
  operation: "Update",
  subresource: "scale",
  fieldsV1: { "f:spec": { "f:replicas": {} } },
};

/** Without the field a change from `replicas: 4` to autoscaling leaves one pod until the autoscaler looks. */
describe.skipIf(!hasTool("helm"))("a pool that is scaled", () => {
  it.each([
    ["what it has", 4, 4],
    ["the fewest, if it has less", 1, 2],
    ["the most, if it has more", 9, 6],
  ])("keeps at an upgrade %s", async (_, current, expected) => {
    expect(await replicasWith(current, "hpa")).toBe(expected);
    expect(await replicasWith(current, "keda")).toBe(expected);
  });

  it.each([
    ["more than the new most", 9],
    ["less than the new fewest", 1],
    ["nothing, as somebody has paused it", 0],
  ])("has what its autoscaler says, also %s: another number would be a conflict", async (_, current) => {
    expect(await replicasWith(current, "hpa", NAME)).toBe(current);
    expect(await replicasWith(current, "keda", `keda-hpa-${NAME}`)).toBe(current);
  });

  it("has no number once its autoscaler has set one: each would be a conflict later", async () => {
    const managedFields = [APPLIED, SCALED];
    expect(await replicasOf({ replicas: 5, scaler: NAME, managedFields }, "hpa")).toBeUndefined();
    const keda = { replicas: 5, scaler: `keda-hpa-${NAME}`, managedFields };
    expect(await replicasOf(keda, "keda")).toBeUndefined();
  });

  it.each([
    ["nobody has scaled yet", [APPLIED], "helm"],
    [
      "it was applied by the client, which would reset it",
      [{ ...APPLIED, operation: "Update" }, SCALED],
      "helm",
    ],
    ["Helm 3 would reset it", [APPLIED, SCALED], "helm3"],
  ] as const)("has the number that it has where %s", async (_, managedFields, helm) => {
    expect(await replicasOf({ replicas: 5, scaler: NAME, managedFields }, "hpa", helm)).toBe(5);
  });

  it("has what its values say once it is scaled no more", async () => {
    expect(await replicasWith(5, "none")).toBe(3);
  });
});
