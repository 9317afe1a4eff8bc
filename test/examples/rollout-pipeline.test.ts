import { copyFileSync, cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { hasTool } from "../support/fetched-tools.ts";
import { EXAMPLE, RolloutSite, rolloutCalls } from "../support/rollout-site.ts";
import { hasServer } from "../support/servers/installed.ts";

interface Rule {
  readonly if: string;
  readonly when?: "manual";
}

interface Job {
  readonly stage: string;
  readonly script: string | readonly string[];
  readonly needs?: readonly string[];
  readonly rules?: readonly Rule[];
  readonly environment?: string;
  readonly resource_group?: string;
}

type Variables = Readonly<Record<string, string>>;

const {
  stages,
  workflow,
  default: common,
  ...jobs
} = parse(readFileSync(join(EXAMPLE, "gitlab-ci.yml"), "utf8"), {
  // As GitLab reads it.
  version: "1.1",
}) as {
  stages: readonly string[];
  workflow: { rules: readonly Rule[] };
  default: { before_script: readonly string[] };
} & Record<string, Job>;
const JOBS = new Map(Object.entries(jobs as Record<string, Job>));

const MAIN = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main" };
const MERGE_REQUEST = { CI_PIPELINE_SOURCE: "merge_request_event", CI_DEFAULT_BRANCH: "main" };
const BRANCH = { ...MAIN, CI_COMMIT_BRANCH: "a-branch" };

/** What GitLab makes of the rules: the first one that is true. */
function findRule(rules: readonly Rule[] | undefined, variables: Variables): Rule | undefined {
  if (rules === undefined) return { if: "always" };
  return rules.find((rule) => {
    const [, name = "", other, text] = /^\$(\w+) == (?:\$(\w+)|"(.*)")$/.exec(rule.if) ?? [];
    expect(name, rule.if).toMatch(/^CI_/);
    const wanted = other === undefined ? text : variables[other];
    return wanted !== undefined && variables[name] === wanted;
  });
}

/** The jobs of a pipeline in their order, and whether somebody has to press a button. */
function pipelineOf(variables: Variables) {
  if (findRule(workflow.rules, variables) === undefined) return [];
  return [...JOBS].flatMap(([name, job]) => {
    const rule = findRule(job.rules, variables);
    return rule === undefined ? [] : [`${name}${rule.when === "manual" ? " (button)" : ""}`];
  });
}

describe("the pipeline of the example", () => {
  it.each([
    ["a merge request", MERGE_REQUEST, ["validate"]],
    ["a push to main", MAIN, ["validate", "dev", "prod (button)"]],
    ["a push to another branch", BRANCH, []],
  ])("has these jobs for %s", (_what, variables, names) => {
    expect(pipelineOf(variables)).toEqual(names);
  });

  it("deploys nothing that was not validated, and promotes nothing that was not on the development stage", () => {
    expect([...JOBS].map(([name, { needs }]) => [name, needs])).toEqual([
      ["validate", undefined],
      ["dev", ["validate"]],
      ["prod", ["dev"]],
    ]);
    expect([...JOBS.values()].map(({ stage }) => stage)).toEqual(stages);
  });

  it("has one roll-out of a stage at a time, with the variables of that stage", () => {
    for (const [name, { environment, resource_group: group }] of JOBS)
      expect([environment, group]).toEqual(name === "validate" ? [undefined, undefined] : [name, name]);
  });
});

describe.skipIf(!hasTool("helm") || !hasServer("git"))("the scripts of the pipeline, in a checkout", () => {
  let site: RolloutSite;
  beforeEach(async () => {
    site = await RolloutSite.create("helm", "omd-worker");
    cpSync(join(EXAMPLE, "hooks"), site.at("site/hooks"), { recursive: true });
    copyFileSync(join(EXAMPLE, "gitlab-ci.yml"), site.at("site/.gitlab-ci.yml"));
  });
  afterEach(() => site[Symbol.dispose]());

  async function run(name: string) {
    await site.commit("as it is");
    await site.git(".", "clone", "--quiet", "site", name);
    const job = [JOBS.get(name)?.script ?? []].flat();
    expect(job).not.toEqual([]);
    const script = [...common.before_script, ...job];
    const options = { cwd: site.at(name), env: { ...site.env, ...MAIN }, reject: false, all: true } as const;
    return await execa("bash", ["-eo", "pipefail", "-c", script.join("\n")], options);
  }

  it("validate without reaching a cluster, then bring each stage what is its own", async () => {
    expect(await run("validate")).toMatchObject({ exitCode: 0 });
    expect(site.log("templates").map((line) => line.split(" ")[1])).toEqual(["dev", "prod"]);
    expect(site.log("helm")).toEqual([]);
    expect(await run("dev")).toMatchObject({ exitCode: 0 });
    expect(site.log("helm")).toEqual(rolloutCalls("dev"));
    expect(site.log("ssh")).toEqual(["gw1.example.org"]);
    expect(await run("prod")).toMatchObject({ exitCode: 0 });
    expect(site.log("helm").slice(2)).toEqual(rolloutCalls("prod"));
  });

  it("log in to the chart's registry first where it asks for that, with the password on standard input", async () => {
    const login = { CHART_REGISTRY: "registry.example.org", CHART_REGISTRY_USER: "reader" };
    Object.assign(site.env, login, { CHART_REGISTRY_PASSWORD: "a-token-of-this-test" });
    site.program("helm", `{ echo "$*"; [ "$1" != registry ] || { cat; echo; }; } >>'${site.at("helm.log")}'`);
    expect(await run("dev")).toMatchObject({ exitCode: 0 });
    expect(site.log("helm")).toEqual([
      "registry login registry.example.org --username reader --password-stdin",
      "a-token-of-this-test",
      ...rolloutCalls("dev"),
    ]);
  });

  it.each<[string, (at: RolloutSite) => void, string]>([
    [
      "a value that the chart does not know",
      (at) => at.append("values/dev.yaml", "replicaz: 3\n"),
      "replicaz",
    ],
    ["words behind the chart", (at) => at.write("site.conf", "CHART=oci://a/b -x\n"), "CHART is not"],
    ["a name that is an option", (at) => at.write("values/--x.yaml", ""), "values/--x.yaml is refused"],
    ["a name with odd characters", (at) => at.write("values/--x=y.yaml", ""), "has other characters than"],
    [
      "a link to a file of the runner",
      (at) => symlinkSync("/etc/passwd", at.at("site/values/evil.yaml")),
      "values/evil.yaml is refused",
    ],
  ])("fail at %s", async (_what, change, says) => {
    change(site);
    const { exitCode, all } = await run("validate");
    expect({ exitCode, all }).toEqual({ exitCode: 1, all: expect.stringContaining(says) });
  });

  it("deploy no chart and no name that validate would refuse", async () => {
    site.write("satellites/dev/-oProxyCommand.conf", "");
    expect(await run("dev")).toMatchObject({ exitCode: 1, all: expect.stringContaining("only plain files") });
    expect([...site.log("helm"), ...site.log("ssh")]).toEqual([]);
  });
});
