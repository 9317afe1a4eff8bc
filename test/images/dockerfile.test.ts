import { existsSync, readFileSync } from "node:fs";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { INTEGRATIONS } from "../../images/acceptance/container.ts";
import { TARGETS } from "../../images/acceptance/targets.ts";
import { PERFDATA_TABLE } from "../../integrations/influxdb/options/table.ts";
import { BOT_TABLE } from "../../integrations/zulip/settings/bot-table.ts";
import { NOTIFIER_TABLE } from "../../integrations/zulip/settings/table.ts";
import { WORKER_TABLE } from "../../src/cli/worker-conf.ts";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import { DOCKERFILE, readIgnore, readInstructions, readStages, type Stage } from "./dockerfile.ts";

const STAGES = readStages(DOCKERFILE);
const INSTRUCTIONS = readInstructions(DOCKERFILE);
const targets = STAGES.filter(({ from }) => from === "base");

const INSTALL = "/usr/local/lib/omd-worker/install-packages.sh ";

function wordsOf({ instructions }: Pick<Stage, "instructions">, name: string): readonly string[] {
  return instructions.filter((instruction) => instruction.name === name).map(({ words }) => words);
}

describe("the Dockerfile", () => {
  it("has a target for each kind of pool, and the scripts know them", () => {
    expect(targets.map(({ name }) => name)).toEqual([...TARGETS]);
    const all = [...TARGETS, INTEGRATIONS];
    expect(readFileSync("images/build.sh", "utf8")).toContain(`TARGETS="${all.join(" ")}"`);
    expect(readFileSync("release/release.sh", "utf8")).toContain(`targets=${all.join(",")}\n`);
  });

  it("has a target for the programs beside the workers, without a plugin", () => {
    const target = STAGES.find(({ name }) => name === INTEGRATIONS) ?? { instructions: [] };
    expect(target).toMatchObject({ from: "bare" });
    expect(wordsOf(target, "USER")).toEqual(["10001:10001"]);
    expect(wordsOf(target, "LABEL").join()).toContain('org.opencontainers.image.title="omd-integrations"');
    expect(wordsOf(target, "RUN")).toEqual([]);
    const bare = STAGES.find(({ name }) => name === "bare") ?? { instructions: [] };
    expect(wordsOf(bare, "RUN").join()).not.toMatch(/plugins|perl|python/);
  });

  it.each(targets)("$name ends as the user 10001, by number, and is called so", (target) => {
    expect(wordsOf(target, "USER")).toEqual(["10001:10001"]);
    expect(target.instructions.at(-2)?.name).toBe("USER");
    expect(wordsOf(target, "LABEL").join()).toContain(
      `org.opencontainers.image.title="omd-${target.name}-worker"`,
    );
    const own = target.name === "windows" ? ["images/openssl-ntlm.cnf /usr/local/lib/omd-worker/"] : [];
    expect(wordsOf(target, "COPY")).toEqual([...own, "--from=worker /opt/omd-worker /opt/omd-worker"]);
  });

  it("takes other images only by arguments, which a release gives with digests", () => {
    const own = STAGES.map(({ name }) => name);
    const others = new Set(STAGES.map(({ from }) => from).filter((from) => !own.includes(from)));
    expect([...others]).toEqual([
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
      "${NODE_IMAGE}",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
      "${BUILDER_IMAGE}",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
      "${DEBIAN_IMAGE}",
    ]);
    const defaults = INSTRUCTIONS.filter(({ name, words }) => name === "ARG" && words.includes("_IMAGE="));
    expect(defaults.map(({ words }) => words)).toEqual([
      expect.stringMatching(/^NODE_IMAGE=docker\.io\/library\/node:[\w.-]+-slim$/),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
      "BUILDER_IMAGE=${NODE_IMAGE}",
      expect.stringMatching(/^DEBIAN_IMAGE=docker\.io\/library\/debian:[\w.-]+-slim$/),
    ]);
  });

  it("has no latest, no ADD, nothing for one kind of processor, and no health check of its own", () => {
    expect(INSTRUCTIONS.map(({ name }) => name)).not.toContain("ADD");
    expect(INSTRUCTIONS.map(({ words }) => words).join("\n")).not.toMatch(
      /latest|amd64|arm64|x86_64|aarch64|TARGETARCH/,
    );
    expect(INSTRUCTIONS.filter(({ name }) => name === "HEALTHCHECK")).toEqual([
      { name: "HEALTHCHECK", words: "NONE" },
    ]);
  });

  it("runs npm and the compiler on the builder's processor, and writes compiled code on the image's", () => {
    const own = STAGES.filter(({ platform }) => platform !== undefined);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
    expect(own).toMatchObject([{ name: "builder", platform: "${BUILDPLATFORM}" }]);
    const stagesOf = (command: string) =>
      STAGES.filter((stage) => wordsOf(stage, "RUN").some((words) => words.includes(command)));
    for (const stage of [...stagesOf("npm ci"), ...stagesOf("npm run build")])
      expect(stage.from).toBe("builder");
    // What the build has written for the builder's processor would stay in the images.
    expect(
      stagesOf("npm run build")
        .flatMap((stage) => wordsOf(stage, "RUN"))
        .join(),
    ).toContain("run.cjs.v*");
    expect(stagesOf("write-code.js")).toMatchObject([{ name: "worker", from: "node" }]);
  });

  it("installs by one script what it names and no more, and runs no scripts of packages", () => {
    const runs = INSTRUCTIONS.filter(({ name }) => name === "RUN").map(({ words }) => words);
    expect(runs.join()).not.toContain("apt-get");
    expect(runs.filter((words) => words.startsWith(INSTALL))).toHaveLength(TARGETS.length + 2);
    const script = readFileSync("images/install-packages.sh", "utf8");
    expect(script).toContain("apt-get install -y --no-install-recommends");
    const npm = runs.filter((words) => words.includes("npm ci"));
    expect(npm).toHaveLength(2);
    for (const words of npm) expect(words).toMatch(/npm ci .*--ignore-scripts/);
  });

  it("lets each program log JSON", () => {
    const { instructions } = STAGES.find(({ name }) => name === "bare") ?? { instructions: [] };
    const words = wordsOf({ instructions }, "ENV").join();
    for (const { variables } of [WORKER_TABLE, NOTIFIER_TABLE, BOT_TABLE, PERFDATA_TABLE])
      expect(words).toContain(`${variables?.prefix}LOG_FORMAT=json`);
  });

  it("starts an init, as node takes in no orphans, and ends it with TERM", () => {
    const base = STAGES.find(({ name }) => name === "bare") ?? { instructions: [] };
    expect(wordsOf(base, "ENTRYPOINT")).toEqual(['["/usr/bin/tini", "-s", "--", "omd-worker"]']);
    expect(wordsOf(base, "STOPSIGNAL")).toEqual(["SIGTERM"]);
  });

  it.skipIf(!hasTool("hadolint"))("is right for hadolint", async () => {
    const { stdout, exitCode } = await execa(toolPath("hadolint"), ["Dockerfile"], { reject: false });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
  });
});

describe("the context of a build", () => {
  const isSent = readIgnore(readFileSync(".dockerignore", "utf8"));
  const copied = INSTRUCTIONS.filter(({ name, words }) => name === "COPY" && !words.startsWith("--from"))
    .flatMap(({ words }) => words.split(" ").slice(0, -1))
    .filter((word) => !word.startsWith("--"));

  it.each([...new Set(copied)])("has %s, which is copied", (path) => {
    expect(existsSync(path)).toBe(true);
    expect(isSent(path)).toBe(true);
  });

  it.each(["src/cli/omd-worker.ts", "plugins/icmp/sender/icmp.pl", "src/page/assets/index.html"])(
    "has %s",
    (path) => {
      expect(existsSync(path)).toBe(true);
      expect(isSent(path)).toBe(true);
    },
  );

  it.each([
    ".env",
    ".git/config",
    ".npmrc",
    "bench/bench.ts",
    "dist/src/cli/omd-worker.js",
    "docs/images.md",
    "images/acceptance/images.test.ts",
    "node_modules/pino/package.json",
    "omd-worker-0.1.0.tgz",
    "plugins/tcp/.env.local",
    "plugins/tcp/node_modules/x/index.js",
    "secret.key",
    "src/config/secret.key",
    "src/config/server.pem",
    "src/config/load.test.ts",
    "test/fixtures/config/good/c-worker.conf",
    "worker.conf",
  ])("has no %s", (path) => {
    expect(isSent(path)).toBe(false);
  });
});
