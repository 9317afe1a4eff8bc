import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import { CHART, KEEP_GARBAGE } from "../support/helm/template.ts";

/** What an operator reads after an installation. */
function notesOf(...words: readonly string[]): string {
  const all = ["install", "omd", CHART, "--namespace", "monitoring", "--dry-run=client", ...words];
  const { stdout } = execaSync(toolPath("helm"), all, { env: KEEP_GARBAGE });
  return stdout.slice(stdout.indexOf("NOTES:"));
}

describe.skipIf(!hasTool("helm"))("the notes after an installation", () => {
  it("name the pools with their queues, and the sum of what they take of a quota", () => {
    const notes = notesOf("-f", `${CHART}/values-prod.yaml`);
    expect(notes).toContain("prod-windows-worker: 3 pods, queues servicegroup_windows\n");
    expect(notes).toContain(
      "Together at most 8 pods; requests cpu 1250m, memory 1536Mi, ephemeral-storage 512Mi; " +
        "limits cpu 8000m, memory 4096Mi, ephemeral-storage 2048Mi.",
    );
    expect(notes).not.toContain("WARNING");
  });

  it("count the end-to-end tests and containers beside the worker, as a quota does", () => {
    const others = ["check-ssh", "db", "hostcheck", "windows"].map((name) => `pools.${name}.enabled=false`);
    const sidecar = { name: "beside", image: "a:1", resources: { requests: { cpu: "0.2", memory: "1Gi" } } };
    const test = { schedule: "@hourly", host: "shop", image: "a:1", command: ["true"] };
    const words = [
      ...["gearman.servers={a}", "gearman.existingSecret=k", ...others].flatMap((each) => ["--set", each]),
      ...["--set-json", `pools.snmp.sidecars=${JSON.stringify([sidecar])}`],
      ...["--set-json", `e2e.shop=${JSON.stringify(test)}`],
    ];
    expect(notesOf(...words)).toContain(
      "With the end-to-end tests at most 3 pods; requests cpu 850m, memory 2944Mi, ephemeral-storage 640Mi; " +
        "limits cpu 4000m, memory 3072Mi, ephemeral-storage 2560Mi.",
    );
  });

  it("count the programs beside the workers, with all their containers", () => {
    const totals = (...words: readonly string[]) =>
      /at most (\d+) pods; requests cpu (\d+)m, memory (\d+)Mi/.exec(
        notesOf("-f", `${CHART}/values-prod.yaml`, ...words),
      );
    const programs = ["perfdata", "zulipBot", "zulipNotifier"].flatMap((key) => [
      ...["--set", `${key}.enabled=true`, "--set", `${key}.existingSecret=a`],
    ]);
    const [, pods, cpu, memory] = totals() ?? [];
    expect(totals(...programs)?.slice(1)).toEqual([
      `${Number(pods) + 3}`,
      `${Number(cpu) + 100 + 20 + 20 + 50}`,
      `${Number(memory) + 128 + 96 + 96 + 96}`,
    ]);
  });

  it("name every Secret that must be there, with the entries that are asked for, and not one that the chart makes", () => {
    const notes = notesOf("-f", `${CHART}/ci/everything-values.yaml`);
    expect(notes).toContain(
      [
        "Secrets that must be in monitoring before the pods can start, with the entries that are asked for:",
        "  influx: as your files and command lines name them",
        "  omd-gearman: key, former-key, archive-key",
        "  omd-tls: ca.crt, tls.crt, tls.key",
        "  registry-login: .dockerconfigjson",
        "  shop: password",
        "  snmp-communities: core",
        "  ssh-key: as your files and command lines name them",
        "  zulip: as your files and command lines name them",
        "  zulip-bot: as your files and command lines name them\n\n",
      ].join("\n"),
    );
    expect(notesOf("-f", `${CHART}/ci/trial-values.yaml`)).not.toContain("Secrets that must be");
  });

  it("say which job servers are reached everywhere, as a policy knows no names", () => {
    const servers = (list: string, ...words: readonly string[]) =>
      notesOf("--set", `gearman.servers={${list}}`, "--set", "gearman.existingSecret=k", ...words);
    expect(servers("gm.example.org,192.0.2.1:4731,b:4732")).toContain(
      "for gm.example.org:4730, b:4732 every address is open at that port",
    );
    expect(servers("192.0.2.1,[2001:db8::1]:4730")).not.toContain("knows no names");
    const known = ["--set", "networkPolicy.gearman.to={192.0.2.1/32}"];
    expect(servers("gm.example.org", ...known)).not.toContain("knows no names");
  });

  it("warn of images without a registry, which nodes look for on Docker Hub", () => {
    const trial = ["-f", `${CHART}/ci/trial-values.yaml`];
    const missing = (...words: readonly string[]) => {
      const sets = words.flatMap((word) => ["--set", word]);
      return /WARNING: nodes look on Docker Hub for (.*), where/
        .exec(notesOf(...trial, ...sets))?.[1]
        ?.replaceAll(/:[^,]+/g, "");
    };
    const all = ["check-ssh", "db", "hostcheck", "snmp", "windows"].map((pool) => `omd-${pool}-worker`);
    expect(missing()).toBe(all.join(", "));
    expect(missing("global.imageRegistry=localhost:5000")).toBeUndefined();
    expect(missing("image.registry=registry.example.org/monitoring")).toBeUndefined();
    const mine = ["image.registry=registry.example.org", "pools.db.image.registry=a-name"];
    expect(missing(...mine)).toBe("a-name/omd-db-worker");
  });

  it("warn of what is for trying out only", () => {
    const notes = notesOf("-f", `${CHART}/ci/trial-values.yaml`);
    expect(notes).toContain("WARNING: gearman.key is kept in the release");
    expect(notes).toContain("WARNING: the gearmand of this release is for trying out");
  });

  it("say which pools are not held to their targets, at which ports, and what they cannot reach", () => {
    const notes = (...words: readonly string[]) => notesOf("-f", `${CHART}/ci/trial-values.yaml`, ...words);
    const everywhere = notes();
    const but = "may reach every address but 169.254.0.0/16, fd00:ec2::254/128";
    expect(everywhere).toContain(`NOTE: check-ssh, db, snmp, windows ${but} at their ports`);
    expect(everywhere).toContain(`WARNING: hostcheck ${but} at every port`);
    const all = notes("--set-json", "networkPolicy.except=[]");
    expect(all).toContain("WARNING: hostcheck may reach every address at every port");
    expect(notes("--set", "networkPolicy.targets={10.0.0.0/8}")).not.toContain("may reach every address");
  });
});
