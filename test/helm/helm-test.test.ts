import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { createFolder } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { createPki, startTlsGearmand } from "../support/gearman/tls-gearmand.ts";
import { find, type KubeObject, objectsOf } from "../support/helm/template.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");
const OTHERS = Object.fromEntries(
  ["check-ssh", "db", "hostcheck", "windows"].map((name) => [name, { enabled: false }]),
);

/** The files of a pod below a folder, and what is run in it, with the folder in place of /etc/omd-worker. */
function unpack(objects: readonly KubeObject[], folder: string) {
  const move = (text: string) => text.replaceAll("/etc/omd-worker", folder);
  for (const name of ["conf", "key", "bin"]) mkdirSync(join(folder, name));
  const conf = find(objects, "ConfigMap", "omd-snmp-worker").data["worker.conf"];
  writeFileSync(join(folder, "conf/worker.conf"), move(conf));
  writeFileSync(join(folder, "key/gearman.key"), "a_key_of_this_test");
  const program = `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`;
  writeFileSync(join(folder, "bin/omd-worker"), program, { mode: 0o755 });
  const [worker] = find(objects, "Deployment", "omd-snmp-worker").spec.template.spec.containers;
  const [test] = find(objects, "Pod", "omd-test").spec.containers;
  const path = { PATH: `${join(folder, "bin")}:/usr/bin:/bin` };
  return {
    args: worker.args.map(move) as readonly string[],
    runTest: () => execa("/bin/sh", ["-c", move(test.command[2])], { env: path, reject: false }),
  };
}

describe.skipIf(!hasTool("helm") || !hasServer("gearmand"))(
  "the pods of a release, on a real gearmand",
  () => {
    let gearmand: Gearmand;
    beforeAll(async () => {
      gearmand = await startGearmand();
    });
    afterAll(() => gearmand?.stop());

    it("a worker runs with its file and its arguments, and helm test finds each queue served", async () => {
      using folder = createFolder();
      const { args, runTest } = unpack(
        objectsOf({
          gearman: { servers: [`127.0.0.1:${gearmand.port}`] },
          metrics: { port: await freePort() },
          tests: { timeoutSeconds: 5 },
          pools: { ...OTHERS, snmp: { queues: { hosts: true, eventhandler: true, hostgroups: ["linux"] } } },
        }),
        folder.path,
      );
      const before = await runTest();
      expect(before.exitCode).toBe(1);

      // What every worker of a test has comes first, and says no encryption.
      await using worker = await startWorker([], [...args, "encryption=yes"]);
      await untilStatus({ host: "127.0.0.1", port: gearmand.port }, "servicegroup_snmp", { workers: 1 });
      const after = await runTest();
      expect(after.stdout.match(/has the same key/g)).toHaveLength(3);
      expect(after).toMatchObject({ exitCode: 0 });

      writeFileSync(join(folder.path, "key/gearman.key"), "another_key_of_this_test");
      await worker.logged("reloading config was successful, changed: key");
      expect((await runTest()).exitCode).toBe(0);
      expect(readFileSync(join(folder.path, "conf/worker.conf"), "utf8")).toContain("reload_on_change=on");
    });

    it.skipIf(!hasServer("stunnel"))("speaks TLS, the worker and helm test alike", async () => {
      using folder = createFolder();
      using pki = createPki();
      await using server = await startTlsGearmand({ pki, wants: "client" });
      const tls = { enabled: true, existingSecret: "omd-tls" };
      const objects = objectsOf({
        gearman: { servers: [`127.0.0.1:${server.port}`], tls },
        metrics: { port: await freePort() },
        tests: { timeoutSeconds: 5 },
        pools: { ...OTHERS, snmp: {} },
      });
      const { args, runTest } = unpack(objects, folder.path);
      mkdirSync(join(folder.path, "tls"));
      const files = { "ca.crt": "server.crt", "tls.crt": "client.crt", "tls.key": "client.key" };
      for (const [to, from] of Object.entries(files))
        copyFileSync(pki.file(from), join(folder.path, "tls", to));
      await using worker = await startWorker([], [...args, "encryption=yes"]);
      await untilStatus(server.direct, "servicegroup_snmp", { workers: 1 });
      const { stdout, exitCode } = await runTest();
      expect(stdout).toMatch(/has the same key/);
      expect(exitCode).toBe(0);
      expect(worker.linesWith("WARN")).toEqual([]);
    });
  },
);

describe.skipIf(!hasTool("helm"))("the pod of helm test", () => {
  it("has the labels, annotations and rights of its pool's pods, as what a service mesh is told of them", () => {
    const { metadata, spec } = find(
      objectsOf({
        commonLabels: { team: "ops" },
        tests: { pool: "snmp" },
        pools: {
          snmp: {
            podLabels: {
              "sidecar.istio.io/inject": "false",
              team: "net",
            },
            podAnnotations: { "linkerd.io/inject": "disabled" },
            podSecurityContext: { runAsUser: null },
          },
        },
      }),
      "Pod",
      "omd-test",
    );
    expect(metadata.labels).toMatchObject({ "sidecar.istio.io/inject": "false", team: "ops" });
    expect(metadata.annotations).toMatchObject({ "linkerd.io/inject": "disabled", "helm.sh/hook": "test" });
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsGroup: 10001 });
    expect(spec.securityContext).not.toHaveProperty("runAsUser");
  });
});
