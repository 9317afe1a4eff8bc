import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { ChatServer } from "../../integrations/chat-server/chat-server.ts";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import { createFolder } from "../support/folder.ts";
import { KEEP_GARBAGE } from "../support/helm/template.ts";
import { hasServer } from "../support/servers/installed.ts";

const EXAMPLE = resolve("examples/rollout");
const AUTHOR = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];

/** A server's repository with the hooks of the example, and a clone of it with the example's files. */
describe.skipIf(!hasTool("helm") || !hasServer("git"))("a site's repository with the example's hooks", () => {
  let folder: ReturnType<typeof createFolder>;
  const at = (...names: readonly string[]) => join(folder.path, ...names);

  beforeEach(async () => {
    folder = createFolder();
    await execa("git", ["init", "--quiet", "--bare", "--initial-branch=main", at("site.git")]);
    cpSync(join(EXAMPLE, "hooks"), at("site.git/hooks"), { recursive: true });
    // It renders as ever; what would reach a cluster is only written down.
    program(
      "helm",
      `[ "$1" = template ] && exec '${toolPath("helm")}' "$@"; echo "$*" >>'${at("helm.log")}'; [ ! -f '${at("broken")}' ]`,
    );
    program("omd-worker", `exec '${process.execPath}' '${resolve("src/cli/omd-worker.ts")}' "$@"`);
    program(
      "ssh",
      `mkdir -p '${at("etc")}'; shift; sh -c "$(echo "$1" | sed 's|/etc/omd-worker|${at("etc")}|g; s|omd-worker config|${at("omd-worker")} config|')"`,
    );
    await git(folder.path, "clone", "--quiet", "site.git", "site");
    cpSync(join(EXAMPLE, "site"), at("site"), { recursive: true });
    writeFileSync(at("site/site.conf"), `CHART=${resolve("helm/omd-worker")}\n`);
    const conf = at("site/satellites/dev/gw1.example.org.conf");
    mkdirSync(at("etc"));
    writeFileSync(at("key"), "a-key-of-this-satellite\n");
    writeFileSync(conf, readFileSync(conf, "utf8").replace(/^keyfile=.*$/m, `keyfile=${at("key")}`));
  });
  afterEach(() => folder[Symbol.dispose]());

  function program(name: string, script: string): void {
    writeFileSync(at(name), `#!/bin/sh\n${script}\n`);
    chmodSync(at(name), 0o755);
  }

  function git(cwd: string, ...words: readonly string[]) {
    const env = { HELM: at("helm"), OMD_WORKER: at("omd-worker"), SSH: at("ssh"), ...KEEP_GARBAGE };
    return execa("git", [...AUTHOR, ...words], { cwd, env, reject: false, all: true });
  }

  async function push(message: string, ...more: readonly string[]) {
    await git(at("site"), "add", "--all");
    await git(at("site"), "commit", "--quiet", "--message", message);
    return await git(at("site"), "push", "--quiet", "origin", "HEAD:main", ...more);
  }

  const helmCalls = () => {
    try {
      return readFileSync(at("helm.log"), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  };

  it("brings main to the development stage and its satellites, and a tag to production", async () => {
    expect(await push("first")).toMatchObject({ exitCode: 0 });
    expect(helmCalls()).toEqual(calls("dev"));
    expect(readFileSync(at("etc/worker.conf"), "utf8")).toContain("servicegroups=branch-office");
    await git(at("site"), "tag", "prod-1");
    expect(await git(at("site"), "push", "--quiet", "origin", "prod-1")).toMatchObject({ exitCode: 0 });
    expect(helmCalls().slice(2)).toEqual(calls("prod"));
  });

  it.each<[string, (site: string) => void, RegExp]>([
    [
      "a value that the chart does not know",
      (site) => append(site, "values/dev.yaml", "replicaz: 3\n"),
      /rollout: values\/dev\.yaml:[\s\S]*replicaz/,
    ],
    [
      "an option that the worker does not know",
      (site) => append(site, "values/prod.yaml", "poolDefaults: { config: { max-workers: 5 } }\n"),
      /rollout: values\/prod\.yaml:[\s\S]*max-workers/,
    ],
    [
      "a key in the values",
      (site) => {
        const text = readFileSync(join(site, "values/dev.yaml"), "utf8");
        writeFileSync(
          join(site, "values/dev.yaml"),
          text.replace("existingSecret: dev-gearman", "key: a-key-in-a-repository"),
        );
      },
      /rollout: values\/dev\.yaml holds a secret/,
    ],
    [
      "a satellite's file that is wrong",
      (site) => append(site, "satellites/dev/gw1.example.org.conf", "encryption=perhaps\n"),
      /rollout: satellites\/dev\/gw1\.example\.org\.conf:6: encryption: 'perhaps'/,
    ],
    [
      "a satellite's key",
      (site) => append(site, "satellites/dev/gw1.example.org.conf", "key=a-key-in-a-repository\n"),
      /gw1\.example\.org\.conf holds the key/,
    ],
    ["no chart", (site) => writeFileSync(join(site, "site.conf"), ""), /rollout: values\/dev\.yaml:/],
  ])("refuses %s, and rolls nothing out", async (_, change, message) => {
    change(at("site"));
    const { exitCode, all } = await push("wrong");
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(message);
    expect(helmCalls()).toEqual([]);
  });

  it("refuses a tag for production that was not on main", async () => {
    await push("first");
    await git(at("site"), "commit", "--quiet", "--allow-empty", "--message", "elsewhere");
    await git(at("site"), "tag", "prod-2");
    const { exitCode, all } = await git(at("site"), "push", "--quiet", "origin", "prod-2");
    expect(exitCode).not.toBe(0);
    expect(all).toContain("prod-2 is no commit of main");
  });

  it("says when Helm has gone back, and leaves the satellites as they are", async () => {
    writeFileSync(at("broken"), "");
    const { all } = await push("first");
    expect(all).toContain("rollout: dev was not rolled out, Helm has gone back to what was there");
    expect(() => readFileSync(at("etc/worker.conf"))).toThrow();
  });

  it("tells in Zulip what became of a push, one message for it, and goes on without Zulip", async () => {
    await using fake = await ChatServer.start();
    const bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
    fake.world.addStream("deployments", [bot.id]);
    writeFileSync(at("zulip.key"), bot.key, { mode: 0o600 });
    const lines = [
      `site=${fake.url}`,
      `email=${bot.email}`,
      `api_key_file=${at("zulip.key")}`,
      "stream=deployments",
    ];
    writeFileSync(at("zulip.conf"), lines.join("\n"));
    vi.stubEnv("ZULIP_CONF", at("zulip.conf"));
    try {
      expect(await push("first")).toMatchObject({ exitCode: 0 });
      const [told, ...others] = fake.world.sentTo("deployments");
      expect(told?.content).toMatch(
        /^\*\*configuration\*\* `[0-9a-f]{7,}` deployed on 2 of 2 nodes\nAda: first\nStage: dev\n\* cluster: ok\n\* gw1\.example\.org: ok$/,
      );
      expect(others).toEqual([]);
      await fake.stop();
      await git(at("site"), "commit", "--quiet", "--allow-empty", "--message", "second");
      const { exitCode, all } = await git(at("site"), "push", "--quiet", "origin", "HEAD:main");
      expect(exitCode).toBe(0);
      expect(all).toContain("rollout: the roll-out could not be told in Zulip");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("leaves a satellite as it is that finds its file wrong", async () => {
    writeFileSync(
      at("site/satellites/dev/gw1.example.org.conf"),
      "server=x\nkeyfile=/no/key\nservices=yes\n",
    );
    const { all } = await push("no key there");
    expect(all).toContain("gw1.example.org keeps the configuration it had");
    expect(() => readFileSync(at("etc/worker.conf"))).toThrow();
  });
});

/** Of a roll-out. */
function calls(stage: string): readonly string[] {
  const chart = resolve("helm/omd-worker");
  const how = "--rollback-on-failure --wait --timeout 10m --history-max 10";
  return [
    `upgrade --install ${stage} --namespace omd-${stage} --values values/${stage}.yaml ${how} ${chart}`,
    `test ${stage} --namespace omd-${stage}`,
  ];
}

function append(site: string, file: string, text: string): void {
  writeFileSync(join(site, file), readFileSync(join(site, file), "utf8") + text);
}

it("the pipeline of the example validates, and lets people promote", () => {
  const pipeline = parse(readFileSync(join(EXAMPLE, "gitlab-ci.yml"), "utf8"));
  expect(pipeline.stages).toEqual(["validate", "dev", "prod"]);
  expect(pipeline.validate.script).toBe("hooks/rollout.sh validate");
  expect(pipeline.dev.script).toBe("hooks/rollout.sh deploy dev");
  expect(pipeline.prod).toMatchObject({
    script: "hooks/rollout.sh deploy prod",
    rules: [{ when: "manual" }],
  });
});
