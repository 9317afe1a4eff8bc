import { readFileSync } from "node:fs";
import { json, text } from "./cluster.ts";
import type { Stage } from "./stage.ts";

/** Node.js runs them as they are. */
const FILES = [
  "helm/acceptance/core.ts",
  "bench/load/grabber.ts",
  "bench/load/packets.ts",
  "bench/load/payload.ts",
];
const NAME = "core";

export interface Loaded {
  readonly submitted: number;
  /** By the job server. */
  readonly accepted: number;
  readonly results: number;
  /** Jobs that have a result. */
  readonly distinct: number;
  /** Results that are what the check says. */
  readonly good: number;
}

/**
 * A pod beside those of a stage that submits checks and takes their results. It may reach what the pod of
 * helm test may.
 */
export class CorePod {
  readonly #stage: Stage;

  private constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Of the image of a pool, with its key and its job servers. */
  static async start(stage: Stage, pool: string): Promise<CorePod> {
    const pods = await stage.pods();
    const own = pods.find(({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === pool);
    if (own === undefined) throw new Error(`no pod of ${pool}`);
    const data = Object.fromEntries(FILES.map((path) => [keyOf(path), readFileSync(path, "utf8")]));
    await text(stage.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: NAME }, data }));
    const [worker] = own.spec.containers;
    const labels = { ...own.metadata.labels, "app.kubernetes.io/component": "helm-test" };
    const items = FILES.map((path) => ({ key: keyOf(path), path }));
    const files = { name: "files", configMap: { name: NAME, items } };
    const isOfWorker = ({ name }: { readonly name: string }) => !name.startsWith("secret");
    await text(
      stage.create({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: NAME, labels: withoutHash(labels) },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 0,
          automountServiceAccountToken: false,
          securityContext: own.spec.securityContext,
          containers: [
            {
              name: NAME,
              image: worker.image,
              imagePullPolicy: worker.imagePullPolicy,
              command: ["node", "-e", "setInterval(() => {}, 1e6)"],
              resources: worker.resources,
              securityContext: worker.securityContext,
              volumeMounts: [
                ...worker.volumeMounts.filter(isOfWorker),
                { name: "files", mountPath: "/accept", readOnly: true },
              ],
            },
          ],
          volumes: [...own.spec.volumes.filter(isOfWorker), files],
        },
      }),
    );
    await text(stage.kubectl(["wait", `pod/${NAME}`, "--for=condition=Ready", "--timeout=120s"]));
    return new CorePod(stage);
  }

  /** The next result of an end-to-end test, as text. */
  take(): Promise<string> {
    return text(this.#exec("node", "/accept/helm/acceptance/core.ts", "take"));
  }

  /** What becomes of checks of a queue that are submitted while this is done. */
  async loadWhile(queue: string, act: () => Promise<unknown>): Promise<Loaded> {
    const loaded = json<Loaded>(this.#exec("node", "/accept/helm/acceptance/core.ts", "load", queue));
    try {
      await act();
    } finally {
      await text(this.#exec("touch", "/tmp/end"));
    }
    return loaded;
  }

  #exec(...words: readonly string[]) {
    return this.#stage.kubectl(["exec", NAME, "--", ...words]);
  }
}

function keyOf(path: string): string {
  return path.replaceAll("/", "_");
}

function withoutHash(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== "pod-template-hash"));
}
