import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { createFolder } from "../support/folder.ts";
import { find, objectsOf, objectsOfFiles } from "../support/helm/template.ts";

const SHOP = {
  schedule: "*/5 * * * *",
  host: "shop",
  service: "checkout",
  image: "registry/shop:1",
  command: ["npx", "a b"],
};
const cronJob = (test: object = {}) =>
  find(objectsOf({ e2e: { shop: { ...SHOP, ...test } } }), "CronJob", "omd-shop-e2e").spec;
const podOf = (test: object = {}) => cronJob(test).jobTemplate.spec.template.spec;

describe.skipIf(!hasTool("helm"))("an end-to-end test", () => {
  it("runs one at a time, is not run again, and ends", () => {
    const spec = cronJob({ timeoutSeconds: 60, timeZone: "Europe/Berlin" });
    expect(spec).toMatchObject({ concurrencyPolicy: "Forbid", timeZone: "Europe/Berlin" });
    expect(spec.jobTemplate.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 180 });
    expect(spec.jobTemplate.spec.template.spec).toMatchObject({
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 45,
    });
  });

  it("is run by run-and-send, which is told where the result goes", () => {
    const [container] = podOf({ options: { "retry-interval": 5 } }).containers;
    expect(container.command).toEqual([
      "/opt/omd-worker/node",
      "/opt/omd-worker/dist/src/cli/omd-worker.js",
      ...["run-and-send", "--", "npx", "a b"],
    ]);
    const variables = container.env.map(({ name, value }: Record<string, string>) => [name, value]);
    expect(Object.fromEntries(variables)).toEqual({
      OMD_WORKER_SERVER: "192.0.2.1:4730",
      OMD_WORKER_ENCRYPTION: "yes",
      OMD_WORKER_KEYFILE: "/etc/omd-worker/key/gearman.key",
      OMD_WORKER_HOST: "shop",
      OMD_WORKER_SERVICE: "checkout",
      OMD_WORKER_TIMEOUT: "300",
      OMD_WORKER_EXIT_CODE: "delivered",
      OMD_WORKER_RETRY_INTERVAL: "5",
      HOME: "/tmp",
    });
  });

  it("speaks TLS with the files of the release's Secret", () => {
    const tls = { enabled: true, existingSecret: "omd-tls" };
    const objects = objectsOf({ e2e: { shop: SHOP }, gearman: { tls } });
    const pod = find(objects, "CronJob", "omd-shop-e2e").spec.jobTemplate.spec.template.spec;
    const [container] = pod.containers;
    expect(container.env).toContainEqual({ name: "OMD_WORKER_TLS", value: "on" });
    expect(container.env).toContainEqual({
      name: "OMD_WORKER_TLS_CA_FILE",
      value: "/etc/omd-worker/tls/ca.crt",
    });
    expect(container.volumeMounts).toContainEqual({
      name: "tls",
      mountPath: "/etc/omd-worker/tls",
      readOnly: true,
    });
    expect(pod.volumes.find(({ name }: { name: string }) => name === "tls").secret.secretName).toBe(
      "omd-tls",
    );
  });

  it("has each variable once: options and variables of the test count", () => {
    const extraEnv = [{ name: "HOME", value: "/home/pwuser" }];
    const [{ env }] = podOf({ options: { "exit-code": "state", timeout: 30 }, extraEnv }).containers;
    const variables: readonly { name: string; value: string }[] = env;
    expect(new Set(variables.map(({ name }) => name)).size).toBe(variables.length);
    expect(Object.fromEntries(variables.map(({ name, value }) => [name, value]))).toMatchObject({
      HOME: "/home/pwuser",
      OMD_WORKER_EXIT_CODE: "state",
      OMD_WORKER_TIMEOUT: "30",
    });
  });

  it("knows the authorities of the site", () => {
    const objects = objectsOf({ e2e: { shop: SHOP }, caBundle: { configMap: "site-ca" } });
    const pod = find(objects, "CronJob", "omd-shop-e2e").spec.jobTemplate.spec.template.spec;
    const [{ env, volumeMounts }] = pod.containers;
    expect(env).toContainEqual({ name: "NODE_EXTRA_CA_CERTS", value: "/etc/omd-worker/ca/ca.crt" });
    expect(volumeMounts).toContainEqual({ name: "ca", mountPath: "/etc/omd-worker/ca", readOnly: true });
    expect(pod.volumes).toContainEqual({
      name: "ca",
      configMap: { name: "site-ca", items: [{ key: "ca.crt", path: "ca.crt" }] },
    });
  });

  it("runs where it is told, finds names as it is told, and has marks for a service mesh", () => {
    const placement = {
      affinity: { nodeAffinity: {} },
      dnsConfig: { searches: ["example.org"] },
      hostAliases: [{ ip: "192.0.2.9", hostnames: ["core"] }],
      tolerations: [{ key: "browsers", operator: "Exists" }],
    };
    const { metadata, spec } = cronJob({
      ...placement,
      podAnnotations: { "sidecar.istio.io/inject": "false" },
      podLabels: { tier: "e2e" },
    }).jobTemplate.spec.template;
    expect(spec).toMatchObject(placement);
    expect(metadata.annotations).toEqual({ "sidecar.istio.io/inject": "false" });
    expect(metadata.labels).toMatchObject({ tier: "e2e" });
  });

  it("needs no program brought if its image has it", () => {
    const pod = podOf({ bringWorker: false });
    expect(pod.initContainers).toBeUndefined();
    expect(pod.containers[0].command).toEqual(["omd-worker", "run-and-send", "--", "npx", "a b"]);
  });

  it("has memory of its size for a browser", () => {
    const shm = { name: "shm", emptyDir: { medium: "Memory", sizeLimit: "1Gi" } };
    expect(podOf({ shmSize: "1Gi" }).volumes).toContainEqual(shm);
  });

  it("is not there if it is switched off", () => {
    const objects = objectsOf({ e2e: { shop: { enabled: false } } });
    expect(objects.filter(({ kind }) => kind === "CronJob")).toEqual([]);
  });

  it("has its program brought by a volume that hides nothing of the worker's image", () => {
    const [, inImage = ""] = /^COPY --from=worker (\S+)/m.exec(readFileSync("Dockerfile", "utf8")) ?? [];
    const [{ volumeMounts }] = podOf().initContainers;
    const places = volumeMounts.map(({ mountPath }: { readonly mountPath: string }) => mountPath);
    expect(inImage).toBe("/opt/omd-worker");
    expect(places).toEqual(["/brought"]);
  });

  /**
   * The line of the init container, with an installed program as the image has one. The volume is then at
   * another place.
   */
  it("gets a program that runs from the folder it is brought to, by its name, too", async () => {
    using folder = createFolder();
    const installed = join(folder.path, "installed/omd-worker");
    const [brought, copied] = [join(folder.path, "brought"), join(folder.path, "copied")];
    const bin = join(folder.path, "bin");
    for (const each of [bin, brought, join(installed, "dist/src/cli")]) mkdirSync(each, { recursive: true });
    cpSync("package.json", join(installed, "package.json"));
    const program = join(installed, "dist/src/cli/omd-worker.js");
    cpSync("test/fixtures/helm/says-its-words.js", program);
    chmodSync(program, 0o755);
    symlinkSync(program, join(bin, "omd-worker"));
    symlinkSync(process.execPath, join(bin, "node"));
    const [, , script] = podOf().initContainers[0].command;
    const line = script.replaceAll("/brought", brought).replaceAll("/opt/omd-worker", copied);
    await execa("/bin/sh", ["-ceu", line], { env: { PATH: `${bin}:/usr/bin:/bin` } });
    renameSync(brought, copied);
    expect(existsSync(join(copied, "package.json"))).toBe(true);
    const { stdout } = await execa(join(copied, "node"), [join(copied, "dist/src/cli/omd-worker.js"), "a b"]);
    expect(stdout).toBe("a b");
    expect((await execa(join(copied, "bin/omd-worker"), ["a b"])).stdout).toBe("a b");
  });
});

describe.skipIf(!hasTool("helm"))("helm test", () => {
  const scriptOf = (values: object): string =>
    find(objectsOf(values), "Pod", "omd-test").spec.containers[0].command[2];
  const others = Object.fromEntries(
    ["check-ssh", "db", "windows", "hostcheck"].map((name) => [name, { enabled: false }]),
  );

  it("sends a job through each queue at each job server, or looks for a worker", () => {
    const script = scriptOf({
      gearman: { servers: ["a", "b:4731"] },
      pools: { ...others, snmp: { queues: { eventhandler: true, hostgroups: ["it's"] } } },
    });
    expect(script.split("\n").filter((line) => line.startsWith("ask "))).toEqual(
      ["'a:4730'", "'b:4731'"].flatMap((server) => [
        `ask ${server} 'eventhandler' -x`,
        `ask ${server} 'hostgroup_it'\\''s' --keyfile /etc/omd-worker/key/gearman.key`,
        `ask ${server} 'servicegroup_snmp' --keyfile /etc/omd-worker/key/gearman.key`,
      ]),
    );
  });

  it("looks for workers where there is no key", () => {
    const script = scriptOf({ gearman: { encryption: false, existingSecret: "" } });
    expect(script).toContain("'servicegroup_snmp' -x");
    expect(script).not.toContain("--keyfile");
  });

  it("runs where the pods of its pool do, and finds names as they do", () => {
    const placement = {
      tolerations: [{ key: "monitoring", operator: "Exists" }],
      nodeSelector: { zone: "dmz" },
      hostAliases: [{ ip: "192.0.2.9", hostnames: ["core"] }],
    };
    const node = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } };
    const snmp = { ...placement, affinity: { ...node, podAntiAffinity: {} } };
    const { spec } = find(objectsOf({ pools: { ...others, snmp } }), "Pod", "omd-test");
    expect(spec).toMatchObject(placement);
    expect(spec.affinity).toEqual(node);
  });

  it("has a gearmand for trying out that runs where all pools do", () => {
    const tolerations = [{ key: "monitoring", operator: "Exists" }];
    const objects = objectsOf({ gearmand: { enabled: true }, poolDefaults: { tolerations } });
    expect(find(objects, "Deployment", "omd-gearmand").spec.template.spec).toMatchObject({ tolerations });
  });

  it("is a hook, removed when it went well, and as closed as all other pods", () => {
    const { metadata, spec } = find(objectsOfFiles("values-dev.yaml"), "Pod", "omd-dev-test");
    expect(metadata.annotations).toEqual({
      "helm.sh/hook": "test",
      "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    });
    expect(spec.containers[0].securityContext.readOnlyRootFilesystem).toBe(true);
  });
});
