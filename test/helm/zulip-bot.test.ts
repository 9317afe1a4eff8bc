import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BOT_TABLE } from "../../integrations/zulip/settings/bot-table.ts";
import { loadConfig } from "../../src/config/load.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { find, type KubeObject, objectsOf, ofKind, refusalOf } from "../support/helm/template.ts";

const VALUES = {
  gearman: { servers: ["192.0.2.10"], existingSecret: "key" },
  zulipBot: {
    enabled: true,
    existingSecret: "zulip-bot",
    config:
      "site=https://chat.example.org\nemail=bot@example.org\nmonitoring=icinga2 https://icinga:5665 user=bot password_file=/etc/omd-worker/secrets/icinga-password\npermission=allow stream=icinga\n",
  },
};

describe.skipIf(!hasTool("helm"))("the chart's bot for Zulip", () => {
  const named = (objects: readonly KubeObject[]) =>
    objects.filter(({ metadata }) => metadata.name === "omd-zulip-bot");

  it("is not there unless it is asked for", () => {
    const { zulipBot: _bot, ...without } = VALUES;
    expect(named(objectsOf(without))).toEqual([]);
  });

  it("has a configuration that the program reads", () => {
    const [map] = ofKind(named(objectsOf(VALUES)), "ConfigMap");
    const folder = mkdtempSync(join(tmpdir(), "zulip-bot-"));
    const file = join(folder, "zulip-bot.conf");
    writeFileSync(file, String(map?.["data"]?.["zulip-bot.conf"]));
    const machine = { ...thisMachine(), env: {} };
    const stat = (path: string) => machine.stat(path.startsWith("/etc/omd-worker/") ? file : path);
    const readFile = (path: string) =>
      path === file ? machine.readFile(path) : Buffer.from("a secret text");
    writeFileSync(file, String(map?.["data"]?.["zulip-bot.conf"]), { mode: 0o640 });
    const loaded = loadConfig(BOT_TABLE, [`config=${file}`], { ...machine, readFile, stat });
    rmSync(folder, { recursive: true });
    const { values, connection, settings } = loaded.wants === "run" ? loaded.config : {};
    expect(values?.stateFolder).toBe("/var/lib/omd-worker/zulip-bot/state");
    expect(connection?.key).toEqual({ kind: "file", path: "/etc/omd-worker/secrets/api-key" });
    expect(settings?.rules).toHaveLength(1);
  });

  it("is one pod, which never runs beside another one of it", () => {
    const { spec } = find(objectsOf(VALUES), "Deployment", "omd-zulip-bot");
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
  });

  it("remembers in a volume that is given", () => {
    const volumeOf = (values: object) => {
      const { spec } = find(objectsOf(values), "Deployment", "omd-zulip-bot");
      return spec.template.spec.volumes.find(({ name }: { name: string }) => name === "data");
    };
    expect(volumeOf(VALUES)).toEqual({ name: "data", emptyDir: { sizeLimit: "64Mi" } });
    const claimed = { ...VALUES, zulipBot: { ...VALUES.zulipBot, existingClaim: "bot" } };
    expect(volumeOf(claimed)).toEqual({ name: "data", persistentVolumeClaim: { claimName: "bot" } });
  });

  it("has a policy that lets it reach Zulip and Icinga 2, and no job server", () => {
    const [policy] = ofKind(named(objectsOf(VALUES)), "NetworkPolicy");
    const egress = JSON.stringify(policy?.["spec"]?.["egress"]);
    expect([...egress.matchAll(/"port":(\d+)/g)].map(([, port]) => Number(port))).toEqual([
      53, 53, 443, 5665,
    ]);
  });

  it("has the image without plugins, where the others come from, or one that is given", () => {
    const imageOf = (more: object) => {
      const values = { ...VALUES, ...more };
      const deployment = find(objectsOf(values), "Deployment", "omd-zulip-bot");
      return deployment.spec.template.spec.containers[0].image;
    };
    const image = { registry: "reg.example.org/mon", tag: "1.2.3" };
    expect(imageOf({ image })).toBe("reg.example.org/mon/omd-integrations:1.2.3");
    const own = { ...VALUES.zulipBot, image: "reg.example.org/own:1" };
    expect(imageOf({ image, zulipBot: own })).toBe("reg.example.org/own:1");
  });

  it("needs a Secret", () => {
    const { existingSecret: _secret, ...without } = VALUES.zulipBot;
    expect(refusalOf({ ...VALUES, zulipBot: without })).toContain(
      "zulipBot.existingSecret names no Secret with api-key: set it",
    );
  });
});
