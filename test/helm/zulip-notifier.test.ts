import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../integrations/chat-server/chat-server.ts";
import { NOTIFIER_TABLE } from "../../integrations/zulip/settings/table.ts";
import { loadConfig } from "../../src/config/load.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { Core } from "../e2e/core.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { createFolder } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { find, objectsOf, refusalOf } from "../support/helm/template.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";

const NAME = "omd-zulip-notifier";
const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");
const PATIENCE = { timeout: 40_000, interval: 20 };
const CONFIG = "site=https://chat.example.org\nemail=bot@example.org\nstream=icinga\n";

const valuesOf = (notifier: object = {}, more: object = {}) => ({
  gearman: { servers: ["192.0.2.10"], existingSecret: "key" },
  zulipNotifier: { enabled: true, existingSecret: "zulip", config: CONFIG, ...notifier },
  ...more,
});
const fileOf = (values: object, name: string): string =>
  find(objectsOf(values), "ConfigMap", NAME).data[name];
const podOf = (values: object) => find(objectsOf(values), "Deployment", NAME).spec.template.spec;

interface Mounting {
  readonly name: string;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** The values with which the notifier would run, if its files were there. */
function loaded(zulipConf: string) {
  using folder = createFolder();
  const file = join(folder.path, "zulip.conf");
  writeFileSync(file, zulipConf, { mode: 0o640 });
  const machine = { ...thisMachine(), env: {} };
  const stat = (path: string) => machine.stat(path.startsWith("/etc/omd-worker/") ? file : path);
  const zuliprc = "[api]\nsite=https://chat.example.org\nemail=bot@example.org\nkey=a_secret\n";
  const readFile = (path: string) => (path === file ? machine.readFile(path) : Buffer.from(zuliprc));
  const result = loadConfig(NOTIFIER_TABLE, [`config=${file}`], { ...machine, readFile, stat });
  if (result.wants !== "run") throw new Error(`it wants ${result.wants}`);
  return result;
}

describe.skipIf(!hasTool("helm"))("the chart's notifier for Zulip", () => {
  it("has a file that the program reads, with the key and the spool of the pod", () => {
    const { config, warnings } = loaded(fileOf(valuesOf(), "zulip.conf"));
    expect(warnings).toEqual([]);
    expect(config.spool.folder).toBe("/var/spool/omd-worker/zulip");
    expect(config.connection.key).toEqual({ kind: "file", path: "/etc/omd-worker/secrets/api-key" });
  });

  it("has the key of a zuliprc where a line names one", () => {
    const lines = "zuliprc=/etc/omd-worker/secrets/zuliprc\nstream=icinga\n";
    const text = fileOf(valuesOf({ config: lines }), "zulip.conf");
    expect(text).not.toContain("api_key_file");
    expect(loaded(text)).toMatchObject({
      warnings: [],
      config: { connection: { email: "bot@example.org" } },
    });
  });

  it("has a worker beside it with the queue of notifications and no other, whatever all pools have", () => {
    const poolDefaults = {
      queues: { hosts: true, servicegroups: ["all"], custom: ["hostgroup_a"] },
      replicas: 3,
      credentials: { secretDir: [{ name: "x" }] },
      handlerLog: { enabled: false },
      extraArgs: ["--debug=2"],
    };
    const text = fileOf(valuesOf({}, { poolDefaults }), "worker.conf");
    expect(
      text.match(/^(?:hosts|services|eventhandler|notifications|hostgroups|servicegroups|secret_dir)=.*$/gm),
    ).toEqual(["hosts=off", "services=off", "eventhandler=off", "notifications=on"]);
    expect(podOf(valuesOf({}, { poolDefaults })).containers[0].args).not.toContain("--debug=2");
  });

  it("is one pod, which never runs beside another one of it, and has the worker's time to end", () => {
    const { spec } = find(objectsOf(valuesOf()), "Deployment", NAME);
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(75);
    const longer = podOf(valuesOf({ worker: { config: { shutdown_timeout: 120 } } }));
    expect(longer.terminationGracePeriodSeconds).toBe(135);
  });

  it("shares the spool, and shows the key of the chat to the notifier only, that of the core to the worker only", () => {
    const containers: readonly Mounting[] = podOf(valuesOf()).containers;
    const mountsOf = (volume: string) =>
      containers
        .filter(({ volumeMounts }) => volumeMounts.some((each) => each.name === volume))
        .map(({ name }) => name);
    expect(mountsOf("data")).toEqual(["worker", "notifier"]);
    expect(mountsOf("secrets")).toEqual(["notifier"]);
    expect(mountsOf("key")).toEqual(["worker"]);
  });

  it("keeps what waits in a volume that is given", () => {
    const volumeOf = (values: object) =>
      podOf(values).volumes.find(({ name }: { readonly name: string }) => name === "data");
    expect(volumeOf(valuesOf())).toEqual({ name: "data", emptyDir: { sizeLimit: "512Mi" } });
    const claim = { name: "data", persistentVolumeClaim: { claimName: "spool" } };
    expect(volumeOf(valuesOf({ existingClaim: "spool" }))).toEqual(claim);
  });

  it("has a policy that lets it reach job servers and Zulip only", () => {
    const policy = find(objectsOf(valuesOf()), "NetworkPolicy", NAME);
    const ports = (rules: object) =>
      [...JSON.stringify(rules).matchAll(/"port":("?\w+)/g)].map(([, port]) => port);
    expect(ports(policy.spec.egress)).toEqual(["53", "53", "4730", "443"]);
    expect(ports(policy.spec.ingress)).toEqual(['"metrics', '"notifier']);
  });

  it("has its queue looked at by helm test", () => {
    const [test] = find(objectsOf(valuesOf()), "Pod", "omd-test").spec.containers;
    expect(test.command[2]).toContain("ask '192.0.2.10:4730' 'notification' -x");
  });

  it.each<[what: string, values: object, says: string]>([
    [
      "no Secret",
      valuesOf({ existingSecret: "" }),
      "zulipNotifier.existingSecret names no Secret with api-key: set it",
    ],
    [
      "a pool that takes notifications, too",
      valuesOf({}, { pools: { snmp: { queues: { notifications: true } } } }),
      "pools.snmp.queues.notifications is true, and zulipNotifier takes them, too",
    ],
    ["one port for both", valuesOf({ metricsPort: 9050 }), "zulipNotifier.metricsPort is metrics.port"],
    [
      "an option that the chart sets",
      valuesOf({ worker: { config: { hosts: true } } }),
      "zulipNotifier.worker.config.hosts is set by the chart",
    ],
  ])("is refused with %s", (_, values, says) => {
    expect(refusalOf(values)).toContain(says);
  });
});

describe.skipIf(!hasTool("helm") || !hasServer("gearmand"))(
  "the pod of the notifier, on a real gearmand",
  () => {
    let gearmand: Gearmand;
    beforeAll(async () => {
      gearmand = await startGearmand();
    });
    afterAll(() => gearmand?.stop());

    it("takes a notification from a real gearmand, without a process for it, and writes it into Zulip", async () => {
      using folder = createFolder();
      await using chat = await ChatServer.start();
      const bot = chat.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
      chat.world.addStream("icinga", [bot.id]);
      const values = valuesOf(
        {
          config: `site=${chat.url}\nemail=bot@rig.local\nstream=icinga\n`,
          metricsPort: await freePort(),
        },
        {
          metrics: { port: await freePort() },
          gearman: { servers: [`127.0.0.1:${gearmand.port}`], existingSecret: "k" },
        },
      );
      const objects = objectsOf(values);
      const move = (text: string) =>
        text
          .replaceAll("/etc/omd-worker", folder.path)
          .replaceAll("/var/spool/omd-worker", join(folder.path, "spool"));
      for (const name of ["conf", "key", "secrets", "bin", "spool"]) mkdirSync(join(folder.path, name));
      for (const [name, text] of Object.entries<string>(find(objects, "ConfigMap", NAME).data))
        writeFileSync(join(folder.path, "conf", name), move(text));
      writeFileSync(join(folder.path, "key/gearman.key"), "a_key_of_this_test");
      writeFileSync(join(folder.path, "secrets/api-key"), bot.key, { mode: 0o600 });
      symlinkSync(PROGRAM, join(folder.path, "bin/omd-worker"));
      // As the volume of a group is.
      chmodSync(join(folder.path, "spool"), 0o2777);
      const [worker, notifier] = find(objects, "Deployment", NAME).spec.template.spec.containers;
      const env = Object.fromEntries(
        worker.env.map((each: { name: string; value: string }) => [each.name, move(each.value)]),
      );

      await using running = await startWorker([], [...worker.args.map(move), "encryption=yes"], { env });
      const envelope = createEnvelope({
        encryption: true,
        key: keyFromPassword(Buffer.from("a_key_of_this_test")),
      });
      await using core = new Core({ port: gearmand.port, envelope });
      await core.submit("notification", {
        type: "notification",
        command_line: `${join(folder.path, "bin/omd-worker")} notify zulip NOTIFICATIONTYPE=PROBLEM HOSTNAME=web1 HOSTSTATE=DOWN HOSTOUTPUT='no answer'`,
      });
      await vi.waitFor(() => expect(running.linesWith('"via":"native"')).toHaveLength(1), PATIENCE);
      expect(
        readdirSync(join(folder.path, "spool/zulip")).filter((name) => name.endsWith(".entry")),
      ).toHaveLength(1);

      const program = execa(process.execPath, [PROGRAM, ...notifier.args.map(move)], { reject: false });
      await vi.waitFor(() => expect(chat.world.sentTo("icinga")).toHaveLength(1), PATIENCE);
      expect(chat.world.sentTo("icinga")[0]?.content).toContain("no answer");
      program.kill("SIGTERM");
      expect((await program).exitCode).toBe(0);
    });
  },
);
