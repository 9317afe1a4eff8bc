import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PERFDATA_TABLE } from "../../integrations/influxdb/options/table.ts";
import { loadConfig } from "../../src/config/load.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { type KubeObject, objectsOf, ofKind } from "../support/helm/template.ts";

const VALUES = {
  gearman: { servers: ["192.0.2.10", "192.0.2.11:4731"], existingSecret: "key", acceptedKeys: ["old"] },
  perfdata: {
    enabled: true,
    existingSecret: "influx",
    config:
      "target=a http://influx:8086 database=nagflux user=w password_file=/etc/omd-worker/secrets/password\ntarget=b http://victoria:8428 api=victoriametrics\n",
  },
};

describe.skipIf(!hasTool("helm"))("the chart's writer of perfdata", () => {
  const named = (objects: readonly KubeObject[]) =>
    objects.filter(({ metadata }) => metadata.name === "omd-perfdata");

  it("is not there unless it is asked for", () => {
    const { perfdata: _perfdata, ...without } = VALUES;
    expect(named(objectsOf(without))).toEqual([]);
  });

  it("has a configuration that the program reads", () => {
    const [map] = ofKind(named(objectsOf(VALUES)), "ConfigMap");
    const folder = mkdtempSync(join(tmpdir(), "perfdata-"));
    const file = join(folder, "perfdata.conf");
    writeFileSync(file, String(map?.["data"]?.["perfdata.conf"]));
    const machine = { ...thisMachine(), env: {} };
    const readFile = (path: string) =>
      path === file ? machine.readFile(path) : Buffer.from("a secret text");
    const loaded = loadConfig(PERFDATA_TABLE, [`config=${file}`], { ...machine, readFile });
    rmSync(folder, { recursive: true });
    expect(loaded).toMatchObject({ warnings: [] });
    const { server, target, acceptedKey } =
      loaded.wants === "run" ? loaded.config : { server: [], target: [], acceptedKey: [] };
    expect(server).toMatchObject([{ port: 4730 }, { port: 4731 }]);
    expect(target.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(acceptedKey).toHaveLength(1);
  });

  it("has a policy that lets it reach job servers and databases only", () => {
    const [policy] = ofKind(named(objectsOf(VALUES)), "NetworkPolicy");
    const egress = JSON.stringify(policy?.["spec"]?.["egress"]);
    expect([...egress.matchAll(/"port":(\d+)/g)].map(([, port]) => Number(port))).toEqual([
      53, 53, 4730, 4731, 8086,
    ]);
  });
});
