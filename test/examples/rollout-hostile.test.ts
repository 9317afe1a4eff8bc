import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WORKER_TABLE } from "../../src/cli/worker-conf.ts";
import { optionsOf } from "../../src/config/table.ts";
import { RolloutSite } from "../support/rollout-site.ts";
import { hasServer } from "../support/servers/installed.ts";

const GW1 = "satellites/dev/gw1.example.org.conf";

let site: RolloutSite;
afterEach(() => site[Symbol.dispose]());

/** Whoever pushes may change what is rolled out, and nothing else. */
describe.skipIf(!hasServer("git"))("the example's hooks start nothing with words of a push", () => {
  beforeEach(async () => {
    site = await RolloutSite.create();
    // As on a server where charts are taken from any registry.
    site.env["CHARTS"] = "";
  });

  const refusal = "only plain files, by the names";
  it.each<[string, () => void, string]>([
    [
      "options behind the chart",
      () => chart("oci://a/b --post-renderer ./x"),
      "CHART is not oci://REGISTRY/NAME",
    ],
    ["a chart that is an option", () => chart("--post-renderer=./x"), "CHART is not oci://REGISTRY/NAME"],
    ["a chart of the push", () => chart("./chart"), "CHART is not oci://REGISTRY/NAME"],
    [
      "a chart by a path of the server",
      () => chart("/proc/self/cwd/chart"),
      "CHART is not oci://REGISTRY/NAME",
    ],
    ["no chart", () => site.write("site.conf", "CHART_VERSION=1.2.3\n"), "CHART is not oci://REGISTRY/NAME"],
    [
      "a version with options",
      () => chart("oci://a/b", "1.2.3 --post-renderer ./x"),
      "CHART_VERSION is no version",
    ],
    [
      "a version that is an option",
      () => chart("oci://a/b", "--post-renderer=./x"),
      "CHART_VERSION is no version",
    ],
    ["any version", () => chart("oci://a/b", ">0"), "CHART_VERSION is no version"],
    ["no version", () => chart("oci://a/b", ""), "CHART_VERSION is no version"],
    ["a host that is an option", () => site.write("satellites/dev/-oProxyCommand=x.conf", ""), refusal],
    ["a host with a user", () => site.write("satellites/dev/root@gw1.conf", ""), refusal],
    ["a stage that is an option", () => site.write("values/--post-renderer=x.yaml", "{}\n"), refusal],
    ["a stage that is two files", () => site.write("values/a,b.yaml", "{}\n"), refusal],
    ["a folder that is an option", () => site.write("satellites/-x/gw1.conf", ""), refusal],
    ["a name with a line feed", () => site.write("values/a\nvalues/b.yaml", "{}\n"), refusal],
    ["a link in place of values", () => link("values/evil.yaml", site.at("key")), refusal],
    ["a link in place of a satellite's file", () => link("satellites/dev/gw2.conf", site.at("key")), refusal],
    ["a link in place of a folder", () => link("satellites/prod", site.at("etc")), refusal],
    ["a file that no stage has", () => site.write("values/dev.yml", "{}\n"), refusal],
  ])("%s: it is refused", async (_, change, says) => {
    chart("oci://registry.example.org/monitoring/charts/omd-worker", "0.1.0");
    change();
    const { exitCode, all } = await site.pushAll("hostile");
    expect({ exitCode, all }).toEqual({ exitCode: 1, all: expect.stringContaining(says) });
    expect([...site.log("templates"), ...site.log("helm"), ...site.log("ssh")]).toEqual([]);
  });

  it("a chart of a registry with its version is two words", async () => {
    chart("oci://registry.example.org/monitoring/charts/omd-worker", "0.1.0-rc.1");
    expect(await site.pushAll("first")).toMatchObject({ exitCode: 0 });
    const words =
      "--values values/dev.yaml oci://registry.example.org/monitoring/charts/omd-worker --version 0.1.0-rc.1";
    expect(site.log("templates")[0]).toBe(`template dev --namespace omd-dev ${words}`);
  });

  it("a chart that the server does not name is refused", async () => {
    site.env["CHARTS"] =
      "oci://registry.example.org/monitoring/charts/omd-worker oci://registry.example.org/monitoring/charts/other";
    chart("oci://elsewhere.example.org/monitoring/charts/omd-worker", "0.1.0");
    const { exitCode, all } = await site.pushAll("elsewhere");
    expect({ exitCode, all }).toEqual({
      exitCode: 1,
      all: expect.stringContaining("CHART is not oci://registry"),
    });
    chart("oci://registry.example.org/monitoring/charts/other", "0.1.0");
    expect(await site.pushAll("ours")).toMatchObject({ exitCode: 0 });
  });

  it("attributes of the repository hide no file and change none", async () => {
    chart("oci://registry.example.org/monitoring/charts/omd-worker", "0.1.0");
    site.write(".gitattributes", "values/evil.yaml export-ignore\nvalues/prod.yaml export-subst\n");
    site.write("values/evil.yaml", "{}\n");
    expect(await site.pushAll("first")).toMatchObject({ exitCode: 0 });
    expect(site.log("templates").map((line) => line.split(" ")[1])).toEqual(["dev", "evil", "prod"]);
  });
});

function chart(name: string, version?: string): void {
  site.write("site.conf", `CHART=${name}\n${version === undefined ? "" : `CHART_VERSION=${version}\n`}`);
}

function link(name: string, to: string): void {
  symlinkSync(to, site.at("site", name));
}

describe.skipIf(!hasServer("git"))("a satellite's file that was pushed", () => {
  beforeEach(async () => {
    site = await RolloutSite.create("omd-worker");
  });

  it("runs no check that was pushed with it", async () => {
    // The satellite itself may: it is its file.
    site.program("satellite/omd-worker", "exit 0");
    const code = `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(site.at("was-run"))}, "");\n`;
    site.write("checks/check_evil.mjs", code);
    site.append(GW1, `plugin_path=/proc/self/cwd/checks\nplugin_path=${site.at("site/checks")}\n`);
    const { exitCode } = await site.pushAll("hostile");
    expect({ exitCode, wasRun: existsSync(site.at("was-run")) }).toEqual({ exitCode: 0, wasRun: false });
  });

  it("shows no file of the server", async () => {
    writeFileSync(site.at("secret"), "a_secret_of_the_server=1\n");
    site.append(GW1, `config=${site.at("secret")}\nencryption=perhaps\n`);
    const { exitCode, all } = await site.pushAll("hostile");
    expect({ exitCode, all }).toEqual({ exitCode: 1, all: expect.stringContaining("'perhaps' is neither") });
    expect(all).not.toContain("a_secret");
  });
});

/** What `config check` calls a secret, by any of its names and in any spelling. */
describe.skipIf(!hasServer("git"))("a satellite's file with a secret is refused", () => {
  beforeEach(async () => {
    site = await RolloutSite.create();
  });

  it("whichever option of the worker has it", async () => {
    const options = optionsOf(WORKER_TABLE.groups).filter(({ kind }) => kind.isSecret);
    const names = options.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    const lines = names.flatMap((name) => [name, `--${name.toUpperCase()} `, name.replaceAll("_", "-")]);
    for (const [index, line] of lines.entries())
      site.write(`satellites/dev/gw${index}.conf`, `${line}=something\n`);
    const { exitCode, all = "" } = await site.pushAll("secrets");
    expect(exitCode).toBe(1);
    const refused = [...all.matchAll(/dev\/(gw[0-9]+)\.conf holds a key or a password/g)].map(([, gw]) => gw);
    expect(refused.toSorted()).toEqual(lines.map((_, index) => `gw${index}`).toSorted());
    expect(lines.length).toBeGreaterThanOrEqual(15);
  });
});

describe.skipIf(!hasServer("git"))(
  "production gets only what was rolled out on the development stage",
  () => {
    beforeEach(async () => {
      site = await RolloutSite.create();
      await site.commit("never pushed alone");
      expect(await site.pushAll("pushed together with it")).toMatchObject({ exitCode: 0 });
    });

    async function expectRefusal(push: ReturnType<RolloutSite["pushAll"]>, says: string) {
      const { exitCode, all } = await push;
      expect({ exitCode, all }).toEqual({ exitCode: 1, all: expect.stringContaining(says) });
      expect(site.log("helm").filter((line) => line.includes("omd-prod"))).toEqual([]);
    }

    it("so no commit that was pushed together with a later one", async () => {
      await expectRefusal(
        site.promote("prod-1", "HEAD~"),
        "prod-1 was not rolled out on the development stage",
      );
      expect(await site.promote("prod-2")).toMatchObject({ exitCode: 0 });
    });

    it("so no commit whose roll-out has failed there", async () => {
      writeFileSync(site.at("broken"), "");
      await site.pushAll("fails");
      await expectRefusal(site.promote("prod-1"), "prod-1 was not rolled out on the development stage");
    });

    it("so no commit that is pushed at the same time, and none that is elsewhere", async () => {
      await site.commit("new");
      await site.git("site", "tag", "prod-1");
      await expectRefusal(site.push("HEAD:main", "prod-1"), "prod-1 is no commit of main");
      await expectRefusal(site.push("prod-1"), "prod-1 is no commit of main");
    });

    it("which nobody can write down with a push, or take away", async () => {
      const older = await site.idOf("HEAD~");
      const deployed = `refs/deployed/dev/${await site.idOf("HEAD")}`;
      await expectRefusal(site.push(`HEAD~:refs/deployed/dev/${older}`), "is written by the roll-out only");
      await expectRefusal(site.push(`:${deployed}`), "is written by the roll-out only");
      const { stdout } = await site.git("site", "ls-remote", "origin", "refs/deployed/*");
      expect(stdout.split("\t")[1]).toBe(deployed);
    });

    it("and no other files in the place of its own", async () => {
      const good = await site.idOf("HEAD");
      site.append("values/prod.yaml", "# evil\n");
      const evil = await site.commit("evil");
      await expectRefusal(site.push(`${evil}:refs/replace/${good}`), "are not replaced");
      // Nor if such a reference was there before the hooks.
      await site.git("site.git", "fetch", "--quiet", site.at("site"), `HEAD:refs/replace/${good}`);
      expect(await site.promote("prod-1", good)).toMatchObject({ exitCode: 0 });
      expect(site.log("values").at(-1)).not.toBe("# evil");
    });

    it("and it is looked at once more, as what was right may not be so any more", async () => {
      site.program("helm", "exit 1");
      await expectRefusal(site.promote("prod-1"), "rollout: values/dev.yaml:");
    });
  },
);
