import { readFileSync, writeFileSync } from "node:fs";
import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import {
  CHART,
  find,
  KEEP_GARBAGE,
  type KubeObject,
  objectsOf,
  ofKind,
  readObjects,
  refusalOf,
  render,
} from "../support/helm/template.ts";

const STAGES = [
  {
    stage: "dev",
    release: "dev",
    pods: {
      "omd-dev-check-ssh-worker": 1,
      "omd-dev-db-worker": 3,
      "omd-dev-hostcheck-worker": 2,
      "omd-dev-snmp-worker": 2,
      "omd-dev-windows-worker": 2,
    },
  },
  {
    stage: "prod",
    release: "prod",
    pods: { "prod-db-worker": 3, "prod-snmp-worker": 2, "prod-windows-worker": 3 },
  },
];

function renderStage(stage: string, release: string): string {
  const result = render({ values: [`values-${stage}.yaml`], release });
  if (result.kind === "refused") throw new Error(result.message);
  return result.text;
}

const podCounts = (text: string) =>
  Object.fromEntries(
    ofKind(readObjects(text), "Deployment").map(({ metadata, spec }) => [metadata.name, spec.replicas]),
  );

describe.skipIf(!hasTool("helm"))("the stages of the site", () => {
  it.each(STAGES)("$stage has exactly its deployments and pods", ({ stage, release, pods }) => {
    expect(podCounts(renderStage(stage, release))).toEqual(pods);
  });

  it("have eight deployments and eighteen pods together", () => {
    const counts = STAGES.flatMap(({ stage, release }) =>
      Object.values(podCounts(renderStage(stage, release))),
    );
    expect(counts).toHaveLength(8);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(18);
  });

  // UPDATE_GOLDEN=yes writes the files.
  it.each(STAGES)("$stage is what its golden file says", ({ stage, release }) => {
    const golden = `test/helm/golden/${stage}.yaml`;
    const text = renderStage(stage, release);
    const { UPDATE_GOLDEN } = process.env;
    if (UPDATE_GOLDEN === "yes") writeFileSync(golden, text);
    expect(readObjects(text)).toEqual(readObjects(readFileSync(golden, "utf8")));
  });

  /** As each pool's worker.conf and its pods name them. */
  const waysOf = ({ stage, release }: (typeof STAGES)[number]) => {
    const objects = readObjects(renderStage(stage, release));
    const maps: readonly string[] = ofKind(objects, "ConfigMap").flatMap(
      ({ data }) => data["worker.conf"] ?? [],
    );
    const volumes = ofKind(objects, "Deployment").flatMap(({ spec }) => spec.template.spec.volumes);
    return {
      maps,
      servers: new Set(maps.flatMap((text) => text.match(/^server=.*$/gm) ?? [])),
      keys: new Set(volumes.flatMap(({ name, secret }) => (name === "key" ? [secret.secretName] : []))),
      stages: new Set(maps.map((text) => text.match(/^stage=.*$/m)?.[0])),
    };
  };

  it("have each a job server, a key and a stage of its own, so no worker of one can take a job of the other", () => {
    const [dev, prod] = STAGES.map(waysOf);
    expect(dev?.servers).toEqual(new Set(["server=192.0.2.10:4730"]));
    expect(prod?.servers).toEqual(new Set(["server=192.0.2.20:4730", "server=192.0.2.21:4730"]));
    expect(dev?.keys).toEqual(new Set(["omd-dev-gearman"]));
    expect(prod?.keys).toEqual(new Set(["prod-gearman"]));
    expect([dev?.stages, prod?.stages]).toEqual([new Set(["stage=dev"]), new Set(["stage=prod"])]);
    for (const text of [...(dev?.maps ?? []), ...(prod?.maps ?? [])])
      expect(text).toMatch(/^encryption=on$/m);
  });

  it.each(STAGES)("$stage has its names by any name of the release", ({ stage, pods }) => {
    expect(podCounts(renderStage(stage, "another"))).toEqual(pods);
  });

  it("have ssh's files where the ssh of the image looks for them", () => {
    const [, home = ""] = /useradd .*--home-dir (\S+)/.exec(readFileSync("Dockerfile", "utf8")) ?? [];
    const pods = ofKind(readObjects(renderStage("dev", "dev")), "Deployment").map(
      (each) => each.spec.template.spec,
    );
    const mounts = pods.flatMap(({ volumes, containers }) =>
      volumes
        .filter((volume: KubeObject["spec"]) => JSON.stringify(volume).includes("omd-dev-ssh"))
        .map(({ name }: { readonly name: string }) =>
          containers[0].volumeMounts.find((mount: KubeObject["spec"]) => mount.name === name),
        ),
    );
    expect(mounts).toMatchObject([{ mountPath: `${home}/.ssh`, readOnly: true }]);
  });

  it.each(STAGES)("$stage has nothing that helm lint warns of, with either Helm", ({ stage }) => {
    for (const helm of ["helm", "helm3"] as const) {
      const words = ["lint", "--strict", CHART, "-f", `${CHART}/values-${stage}.yaml`];
      const { all, exitCode } = execaSync(toolPath(helm), words, {
        env: KEEP_GARBAGE,
        reject: false,
        all: true,
      });
      expect({ exitCode, all }).toEqual({ exitCode: 0, all: expect.not.stringMatching(/WARNING|ERROR/) });
    }
  });

  it.each(STAGES)("$stage renders the same each time: an upgrade changes nothing", ({ stage, release }) => {
    expect(renderStage(stage, release)).toBe(renderStage(stage, release));
  });
});

describe.skipIf(!hasTool("helm"))("the stage of a release", () => {
  const FILES = {
    "omd-snmp-worker": "worker.conf",
    "omd-zulip-notifier": "zulip.conf",
    "omd-zulip-bot": "zulip-bot.conf",
    "omd-perfdata": "perfdata.conf",
  };
  const lines = "site=https://chat.example.org\nemail=bot@example.org\n";
  const program = { enabled: true, existingSecret: "zulip", config: lines };
  const VALUES = {
    gearman: { servers: ["192.0.2.10"], existingSecret: "key" },
    pools: { snmp: { enabled: true } },
    zulipNotifier: program,
    zulipBot: program,
    perfdata: { enabled: true },
  };
  const stagesOf = (values: object) => {
    const maps = ofKind(objectsOf(values), "ConfigMap");
    return Object.entries(FILES).map(([name, file]) => {
      const text: string = maps.find(({ metadata }) => metadata.name === name)?.["data"][file];
      return [...text.matchAll(/^stage.*$/gm)].join();
    });
  };

  it("is none, unless the values name it", () => {
    expect(stagesOf(VALUES)).toEqual(["", "", "", ""]);
  });

  it("reaches pools, the worker beside the notifier, notifier and bot; perfdata's series stay as they are", () => {
    expect(stagesOf({ ...VALUES, stage: "dev" })).toEqual(["stage=dev", "stage=dev", "stage=dev", ""]);
    const notifier = find(objectsOf({ ...VALUES, stage: "dev" }), "ConfigMap", "omd-zulip-notifier");
    expect(notifier.data["worker.conf"]).toMatch(/^stage=dev$/m);
  });

  it("gives way to the stage that a pool or a program has of its own", () => {
    const own = { ...program, config: `${lines}stage = other\n` };
    const pools = { snmp: { enabled: true, config: { stage: "other" } } };
    expect(stagesOf({ ...VALUES, stage: "dev", pools, zulipNotifier: own, zulipBot: own })).toEqual([
      ...["stage=other", "stage = other", "stage = other", ""],
    ]);
  });

  it.each(["dev prod", "dev#1", "dev\nx=y"])("is not %j, which a file would read otherwise", (stage) => {
    expect(refusalOf({ ...VALUES, stage })).toContain("stage");
  });
});

const NAMESPACED = [
  ...["ConfigMap", "CronJob", "Deployment", "HorizontalPodAutoscaler", "LimitRange", "NetworkPolicy"],
  ...[
    "Pod",
    "PodDisruptionBudget",
    "PodMonitor",
    "PrometheusRule",
    "ResourceQuota",
    "ScaledObject",
    "Secret",
  ],
  ...["Service", "ServiceAccount", "ServiceMonitor"],
];

type Labels = Readonly<Record<string, string>>;

describe.skipIf(!hasTool("helm"))("all objects that the chart can make", () => {
  const everything = () => objectsOf({}, { values: ["ci/everything-values.yaml"] });
  const ownOf = (objects: readonly KubeObject[]) =>
    objects.filter(({ metadata }) => !/-(?:extra|map)$/.test(metadata.name));

  it("are in the namespace of the release, and none is cluster-wide", () => {
    const own = ownOf(everything());
    expect(own.filter(({ kind }) => !NAMESPACED.includes(kind))).toEqual([]);
    expect(own.filter(({ metadata }) => metadata.namespace !== "monitoring")).toEqual([]);
  });

  it("have names and labels of their own, and the labels of the site", () => {
    const objects = everything();
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const pods = ownOf(objects)
      .map(({ kind, spec }) => (kind === "CronJob" ? spec.jobTemplate.spec.template : spec?.template))
      .filter((template) => template !== undefined);
    expect(pods.length).toBeGreaterThan(7);
    for (const { metadata } of [...ownOf(objects), ...pods])
      expect(metadata.labels).toMatchObject({ team: "monitoring", "app.kubernetes.io/instance": "omd" });
  });

  it("select no pods of one another", () => {
    const deployments = ofKind(everything(), "Deployment");
    const selects = (selector: Labels, labels: Labels) =>
      Object.entries(selector).every(([name, value]) => labels[name] === value);
    for (const { spec } of deployments) {
      const { matchLabels } = spec.selector;
      const selected = deployments.filter((each) => selects(matchLabels, each.spec.template.metadata.labels));
      expect(selected).toHaveLength(1);
    }
  });

  it("have pods with requests and limits of all three kinds, as a quota wants them", () => {
    const templates = everything().flatMap(({ kind, spec }) => {
      if (kind === "CronJob") return [spec.jobTemplate.spec.template.spec];
      if (kind === "Pod") return [spec];
      return spec?.template === undefined ? [] : [spec.template.spec];
    });
    const containers = templates.flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers]);
    expect(containers.length).toBeGreaterThan(8);
    const kinds = ["cpu", "ephemeral-storage", "memory"];
    for (const { resources } of containers) {
      expect(Object.keys(resources.requests).toSorted()).toEqual(kinds);
      expect(Object.keys(resources.limits).toSorted()).toEqual(kinds);
    }
  });
});
