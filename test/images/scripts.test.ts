import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const LABEL = "org.opencontainers.image";
const REVISION = "[0-9a-f]{40}|unknown";

async function run(script: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { exitCode, stdout, stderr } = await execa(resolve(script), words, { reject: false, env });
  return { exitCode, lines: stdout.split("\n"), stderr };
}

describe("images/build.sh", () => {
  it("builds all targets with the version of package.json, and passes flags on", async () => {
    const { exitCode, lines } = await run("images/build.sh", [
      ...["-b", "echo run", "-p", "reg/", "--", "--x", "y"],
    ]);
    expect(exitCode).toBe(0);
    expect(lines.filter((line) => line.startsWith("=="))).toEqual(
      ["hostcheck", "check-ssh", "snmp", "db", "windows"].map(
        (target) => `== reg/omd-${target}-worker:${version}`,
      ),
    );
    expect(lines[1]).toMatch(
      new RegExp(
        `^run build --target hostcheck --tag reg/omd-hostcheck-worker:${version} --label ${LABEL}.version=${version} ` +
          `--label ${LABEL}.revision=(?:${REVISION}) --x y \\.$`,
      ),
    );
  });

  it("builds one of them with another tag", async () => {
    const { lines } = await run("images/build.sh", ["-b", "echo", "-t", "try", "snmp"]);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe("== omd-snmp-worker:try");
  });

  it.each([
    [["nosuch"], "no target nosuch, there are hostcheck check-ssh snmp db windows"],
    [["-b"], "needs a builder"],
  ])("refuses %j", async (words, says) => {
    const { exitCode, stderr } = await run("images/build.sh", words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });

  it("says what it takes", async () => {
    const { lines } = await run("images/build.sh", ["--help"]);
    expect(lines.join("\n")).toContain("-b BUILDER  docker, podman or buildah");
  });
});

/** Tells each call in a file, and has an image of files where it is mounted. */
const BUILDAH = `#!/bin/sh
echo "$*" >> "$CALLS"
case $1 in
  from) echo container ;;
  mount) mkdir -p "$ROOT/usr/share/doc/omd-worker" "$ROOT/opt/omd-worker"
    echo list > "$ROOT/usr/share/doc/omd-worker/debian.txt"
    echo list > "$ROOT/opt/omd-worker/npm.cdx.json"
    echo "$ROOT" ;;
esac
`;

describe("release/release.sh", () => {
  async function release(...words: readonly string[]) {
    using folder = createFolder();
    const file = (name: string) => join(folder.path, name);
    writeFileSync(file("buildah"), BUILDAH);
    chmodSync(file("buildah"), 0o755);
    const output = file("output");
    const env = { BUILDAH: file("buildah"), HELM: "true", CALLS: file("calls"), ROOT: file("root") };
    const ran = await run("release/release.sh", ["-o", output, ...words], env);
    const calls = existsSync(file("calls")) ? readFileSync(file("calls"), "utf8").trimEnd().split("\n") : [];
    return { ...ran, calls, lists: existsSync(join(output, "omd-snmp-worker.arm64.debian.txt")) };
  }

  it("builds each image for each platform, keeps the lists, and pushes them as one", async () => {
    const { calls, exitCode, lists, stderr } = await release("-u", "-i", "snmp", "reg.example.org/mon");
    expect({ exitCode, stderr, lists }).toEqual({ exitCode: 0, stderr: "", lists: true });
    const builds = calls.filter((call) => call.startsWith("build "));
    expect(builds.map((call) => call.replace(/ --label \S+revision=\S+/, ""))).toEqual(
      ["amd64", "arm64"].map(
        (arch) =>
          `build --platform linux/${arch} --target snmp --tag localhost/omd-snmp-worker:${version}-${arch} ` +
          `--label ${LABEL}.version=${version} .`,
      ),
    );
    expect(calls.at(-1)).toMatch(
      new RegExp(`^manifest push --all .* docker://reg.example.org/mon/omd-snmp-worker:${version}$`),
    );
  });

  it("names base images by their digests, and passes flags on", async () => {
    const base = (name: string) => `${name}@sha256:${"0".repeat(64)}`;
    const words = ["-u", "-i", "db", "-a", "linux/amd64", "-n", base("node"), "-d", base("debian")];
    const { calls } = await release(...words, "reg", "--", "--pull-never");
    const build = calls.find((call) => call.startsWith("build ")) ?? "";
    expect(build).toContain(` --pull-never --label ${LABEL}.version=${version} `);
    expect(build).toContain(
      ` --build-arg NODE_IMAGE=${base("node")} --build-arg DEBIAN_IMAGE=${base("debian")} .`,
    );
  });

  it.each([
    ["without a destination", [], "where to? name a registry, or oci:FOLDER"],
    [
      "of base images without digests",
      ["reg"],
      "name the base images with their digests (-n, -d), or try it with -u",
    ],
  ])("refuses a release %s", async (_, words, says) => {
    const { exitCode, stderr, calls } = await release(...words);
    expect({ exitCode, calls }).toEqual({ exitCode: 2, calls: [] });
    expect(stderr).toContain(says);
  });
});
