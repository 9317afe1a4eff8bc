import { vi } from "vitest";
import { CHART, type KubeObject, readObjects } from "../../test/support/helm/template.ts";
import { flags, helm, json, kinds, kubectl, type Ran, SECONDS, text, WORDS } from "./cluster.ts";

/** One of the chart's two stages in a namespace of its own, as a platform team gives one out. */
export class Stage implements AsyncDisposable {
  readonly namespace: string;
  readonly release: string;
  readonly #deployer: string;
  readonly #file: string;
  /** What the cluster lacks, in the way of values. */
  readonly #fitting: readonly string[];

  private constructor(name: string, fitting: readonly string[]) {
    this.namespace = `omd-accept-${name}`;
    this.release = name;
    this.#deployer = `system:serviceaccount:${this.namespace}:deployer`;
    this.#file = `${CHART}/values-${name}.yaml`;
    this.#fitting = fitting;
  }

  /**
   * Refuses a namespace that is there: somebody else may have made it. Values that the chart refuses make
   * none.
   */
  static async open(name: "dev" | "prod"): Promise<Stage> {
    const known = await kinds();
    const fitting = [
      ...(known.has("PodMonitor") ? [] : ["--set", "metrics.monitor=none"]),
      ...(known.has("PrometheusRule") ? [] : ["--set", "metrics.prometheusRule.enabled=false"]),
    ];
    const stage = new Stage(name, fitting);
    const secrets = secretsOf(await stage.render());
    await text(stage.create(namespaceOf(stage.namespace)));
    for (const object of [QUOTA, LIMITS, OPERATORS_ROLE, ...bindingsOf(stage.#deployer)])
      await text(stage.create(object));
    for (const secret of secrets) {
      const object = { apiVersion: "v1", kind: "Secret", metadata: { name: secret } };
      await text(stage.create({ ...object, stringData: { key: "a key of the acceptance test" } }));
    }
    return stage;
  }

  /** A client that waits, with this stage's values, those of whoever runs the test, and these. */
  install(values: object = {}, words: readonly string[] = []): Promise<Ran> {
    const wait = ["--wait", "--timeout", `${SECONDS}s`];
    return this.#withValues(["upgrade", "--install", ...wait, ...words], values);
  }

  /** An upgrade that goes back when it has not worked after so many seconds. */
  async tryOut(values: object, seconds: number): Promise<Ran> {
    const { rollback } = await flags();
    return this.#withValues(["upgrade", rollback, "--timeout", `${seconds}s`], values);
  }

  rollBack(revision = 0): Promise<Ran> {
    return this.helm(["rollback", this.release, String(revision), "--wait", "--timeout", `${SECONDS}s`]);
  }

  async render(values: object = {}): Promise<readonly KubeObject[]> {
    return readObjects(await text(this.#withValues(["template"], values)));
  }

  #withValues([verb = "", ...words]: readonly string[], values: object): Promise<Ran> {
    const files = ["-f", this.#file, ...this.#fitting, ...WORDS, "-f", "-"];
    return this.helm([verb, this.release, CHART, ...files, ...words], JSON.stringify(values));
  }

  /** As an account that has rights in this namespace only. */
  helm(words: readonly string[], input = ""): Promise<Ran> {
    return helm(["--namespace", this.namespace, "--kube-as-user", this.#deployer, ...words], input);
  }

  kubectl(words: readonly string[], input = ""): Promise<Ran> {
    return kubectl(["--namespace", this.namespace, ...words], input);
  }

  create(object: object, ...words: readonly string[]): Promise<Ran> {
    return this.kubectl(["create", "-f", "-", ...words], JSON.stringify(object));
  }

  /** Of the release, or all. */
  async list(kind: string, isAll = false): Promise<readonly Found[]> {
    const selector = isAll ? [] : ["--selector", `app.kubernetes.io/instance=${this.release}`];
    const words = ["get", kind, ...selector, "--output", "json"];
    return (await json<{ items: readonly Found[] }>(this.kubectl(words))).items;
  }

  /** Pods that are not about to go, once nothing moves any more. */
  async pods(): Promise<readonly Found[]> {
    return vi.waitFor(
      async () => {
        const pods = (await this.list("pods")).filter(({ spec }) => spec.restartPolicy === "Always");
        const moving = pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
        const deployments = await this.list("deployments");
        const wanted = deployments.reduce((sum, { spec }) => sum + spec.replicas, 0);
        if (moving.length > 0 || pods.length !== wanted || !pods.every(isReady))
          throw new Error(`${pods.length} of ${wanted} pods, ${moving.length} of them end`);
        return pods;
      },
      { timeout: SECONDS * 1000, interval: 500 },
    );
  }

  /** Whether anything runs in the pods. Where a program says so in place of kubelets, there are no logs. */
  async hasContainers(): Promise<boolean> {
    const [pod] = await this.pods();
    return (await this.kubectl(["logs", pod?.metadata.name ?? "", "--tail=1"])).exitCode === 0;
  }

  /** The ids of the pods of each pool. */
  async podsByPool(): Promise<Readonly<Record<string, readonly string[]>>> {
    const groups = Object.groupBy(await this.pods(), poolOf);
    return Object.fromEntries(
      Object.entries(groups).map(([pool, pods = []]) => [
        pool,
        pods.map(({ metadata }) => metadata.uid).toSorted(),
      ]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await kubectl(["delete", "namespace", this.namespace, "--ignore-not-found", "--timeout", `${SECONDS}s`]);
  }
}

/** An object as the cluster has it. */
export interface Found extends KubeObject {
  readonly metadata: KubeObject["metadata"] & {
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
  };
  // biome-ignore lint/suspicious/noExplicitAny: as spec
  readonly status?: any;
}

export function poolOf({ metadata }: KubeObject): string {
  return metadata.labels?.["app.kubernetes.io/component"] ?? "";
}

function isReady({ status }: Found): boolean {
  const conditions: readonly { type: string; status: string }[] = status?.conditions ?? [];
  return conditions.some((each) => each.type === "Ready" && each.status === "True");
}

/** The Secrets that pods mount: a pod does not start before they are there. */
function secretsOf(objects: readonly KubeObject[]): ReadonlySet<string> {
  const names = objects
    .filter(({ kind }) => kind === "Deployment")
    .flatMap(({ spec }): readonly Volume[] => spec.template.spec.volumes)
    .flatMap(({ secret, projected }) => [
      secret?.secretName,
      ...(projected?.sources ?? []).map((each) => each.secret?.name),
    ]);
  return new Set(names.filter((name) => name !== undefined));
}

interface Volume {
  readonly secret?: { readonly secretName: string };
  readonly projected?: { readonly sources: readonly { readonly secret?: { readonly name: string } }[] };
}

function namespaceOf(name: string): object {
  const labels = { enforce: "restricted", warn: "restricted", "enforce-version": "latest" };
  const named = Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]);
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: Object.fromEntries(named) } };
}

/** What the cluster's own role for a namespace says nothing of. */
const OPERATORS_ROLE = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "Role",
  metadata: { name: "operators" },
  rules: [{ apiGroups: ["monitoring.coreos.com", "keda.sh"], resources: ["*"], verbs: ["*"] }],
};

/** Rights in the namespace of the binding, and nowhere else. */
function bindingsOf(user: string): readonly object[] {
  const apiGroup = "rbac.authorization.k8s.io";
  return [
    { kind: "ClusterRole", name: "admin" },
    { kind: "Role", name: "operators" },
  ].map((role) => ({
    apiVersion: `${apiGroup}/v1`,
    kind: "RoleBinding",
    metadata: { name: `deployer-${role.name}` },
    roleRef: { apiGroup, ...role },
    subjects: [{ apiGroup, kind: "User", name: user }],
  }));
}

/** Room for ten pods, and one more of each of five pools. */
const QUOTA = {
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "platform" },
  spec: {
    hard: {
      pods: "16",
      "requests.cpu": "3",
      "requests.memory": "6Gi",
      "requests.ephemeral-storage": "4Gi",
      "limits.cpu": "18",
      "limits.memory": "12Gi",
      "limits.ephemeral-storage": "12Gi",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
      "count/deployments.apps": "8",
    },
  },
};

/** A pod without limits of its own would get these, and the annotation that says so. */
const LIMITS = {
  apiVersion: "v1",
  kind: "LimitRange",
  metadata: { name: "platform" },
  spec: {
    limits: [
      {
        type: "Container",
        default: { cpu: "200m", memory: "128Mi", "ephemeral-storage": "64Mi" },
        defaultRequest: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "32Mi" },
        max: { cpu: "2", memory: "2Gi", "ephemeral-storage": "2Gi" },
      },
    ],
  },
};
