import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const LABEL = "org.opencontainers.image";
const REVISION = "[0-9a-f]{40}|unknown";

async function run(script: string, words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { SOURCE_DATE_EPOCH: "", ...more };
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
      [
        ...["hostcheck", "check-ssh", "snmp", "db", "windows"].map((target) => `omd-${target}-worker`),
        "omd-integrations",
      ].map((name) => `== reg/${name}:${version}`),
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
    ["echo buildah", "buildah build --target snmp"],
    ["echo buildah --root /x", "buildah --root /x build --target snmp"],
  ])("lets buildah leave no container behind: %s", async (builder, begins) => {
    const { lines } = await run("images/build.sh", ["-b", builder, "snmp", "--", "--x"]);
    expect(lines[1]).toMatch(new RegExp(`^${begins} .* --force-rm --x \\.$`));
  });

  it.each([
    ["echo buildah", true],
    ["echo /usr/bin/podman", true],
    // It takes the variable from the environment.
    ["echo docker", false],
  ])("gives all files the time of SOURCE_DATE_EPOCH: %s", async (builder, isTold) => {
    const { lines } = await run("images/build.sh", ["-b", builder, "snmp"], {
      SOURCE_DATE_EPOCH: "1700000000",
    });
    expect(lines[1]?.includes(" --timestamp 1700000000 ")).toBe(isTold);
  });

  it.each([
    [["nosuch"], "no target nosuch, there are hostcheck check-ssh snmp db windows integrations"],
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
  from) echo "container-\${3##*-}" ;;
  mount) mkdir -p "$ROOT/usr/share/doc/omd-worker" "$ROOT/opt/omd-worker" "$ROOT/usr/local/bin"
    printf 'adduser 3.134 all\nperl 5.36.0-7 %s\n' "\${ARCH:-\${2##*-}}" > "$ROOT/usr/share/doc/omd-worker/debian.txt"
    case \${NODE_ARCH:-\${2##*-}} in amd64) machine='\\076' ;; arm64) machine='\\267' ;; esac
    printf "\\177ELF..............$machine\\000" > "$ROOT/usr/local/bin/node"
    echo list > "$ROOT/opt/omd-worker/sbom.cdx.json"
    echo "$ROOT" ;;
  inspect) [ -z "$NO_LIST" ] || exit 125 ;;
  manifest) if [ "$2" = inspect ]; then
      [ -z "$NO_LIST" ] || { echo "Error: $NO_LIST" >&2; exit 125; }
      printf '%s\n' "$LIST"
    fi
    while [ $# -gt 0 ]; do [ "$1" != --digestfile ] || printf %s "$DIGEST" > "$2"; shift; done ;;
esac
`;
/** Makes a chart, and tells of a push as Helm does. */
const HELM = `#!/bin/sh
case $1 in
  package) for last; do :; done; echo chart > "$last/omd-worker-$4.tgz" ;;
  push) echo "Pushed: \${3#oci://}/omd-worker"; echo "Digest: $CHART_DIGEST" ;;
esac
`;
const NODE = "docker.io/library/node:24-bookworm-slim";
const DEBIAN = "docker.io/library/debian:bookworm-slim";
/** The processor of this machine, where npm and the compiler run. */
const OWN = process.arch === "x64" ? "amd64" : process.arch;
const DIGEST = `sha256:${"a".repeat(64)}`;
const CHART_DIGEST = `sha256:${"b".repeat(64)}`;

describe("release/release.sh", () => {
  async function release(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
    using folder = createFolder();
    const file = (name: string) => join(folder.path, name);
    for (const [name, program] of Object.entries({ buildah: BUILDAH, helm: HELM }))
      writeFileSync(file(name), program, { mode: 0o755 });
    const output = file("output");
    const programs = {
      BUILDAH: file("buildah"),
      HELM: file("helm"),
      CALLS: file("calls"),
      ROOT: file("root"),
    };
    const ran = await run("release/release.sh", ["-o", output, ...words], {
      ...programs,
      DIGEST,
      CHART_DIGEST,
      LIST: "",
      NO_LIST: "",
      ...more,
    });
    const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : []);
    const lists = existsSync(join(output, "omd-snmp-worker.arm64.debian.txt"));
    return { ...ran, calls: read(file("calls")), digests: read(join(output, "digests.txt")), lists };
  }

  it("builds each image for each platform, keeps the lists, and pushes them as one", async () => {
    const { calls, exitCode, lists, stderr } = await release(["-u", "-i", "snmp", "reg.example.org/mon"]);
    expect({ exitCode, stderr, lists }).toEqual({ exitCode: 0, stderr: "", lists: true });
    const builds = calls.filter((call) => call.startsWith("build "));
    expect(
      builds.map((call) =>
        call.replace(/ --label \S+revision=\S+/, "").replace(/ --timestamp \d{10}\b/, " --timestamp TIME"),
      ),
    ).toEqual(
      ["amd64", "arm64"].map(
        (arch) =>
          `build --force-rm --platform linux/${arch} --build-arg NODE_IMAGE=${NODE} --build-arg BUILDER_IMAGE=${NODE} ` +
          `--build-arg DEBIAN_IMAGE=${DEBIAN} --target snmp --tag localhost/omd-snmp-worker:${version}-${arch} ` +
          `--build-arg BUILDPLATFORM=linux/${OWN} --timestamp TIME --label ${LABEL}.version=${version} ` +
          `--label ${LABEL}.base.name=${DEBIAN} .`,
      ),
    );
    expect(calls.at(-1)).toMatch(
      new RegExp(`^manifest push --all .* docker://reg.example.org/mon/omd-snmp-worker:${version}$`),
    );
  });

  it.each([
    ["packages", { ARCH: "amd64" }, "holds Debian packages for amd64"],
    ["a Node.js", { NODE_ARCH: "amd64" }, "holds a Node.js for another processor"],
  ])("refuses an image that holds %s of another processor", async (_, env, says) => {
    const { exitCode, stderr, digests } = await release(["-u", "-i", "snmp", "reg"], env);
    expect({ exitCode, digests }).toEqual({ exitCode: 2, digests: [""] });
    expect(stderr).toContain(`omd-snmp-worker:${version}-arm64 ${says}`);
  });

  it("names the base images of each platform by their own digests", async () => {
    const own = (arch: string) => `sha256:${(arch === "amd64" ? "1" : "2").repeat(64)}`;
    const manifests = ["amd64", "arm64"].map((architecture) => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: own(architecture),
      size: 772,
      platform: { architecture, os: "linux" },
    }));
    const LIST = JSON.stringify({ schemaVersion: 2, manifests }, undefined, 4);
    const debian = `debian:bookworm-slim@${DIGEST}`;
    const words = ["-u", "-i", "db", "-n", `reg.example.org:5000/node@${DIGEST}`, "-d", debian];
    const { calls, stderr } = await release([...words, "reg"], { LIST });
    const builds = calls.filter((call) => call.startsWith("build "));
    expect(builds, stderr).toHaveLength(2);
    for (const [at, arch] of ["amd64", "arm64"].entries()) {
      expect(builds[at]).toContain(
        `--build-arg NODE_IMAGE=reg.example.org:5000/node@${own(arch)} ` +
          `--build-arg BUILDER_IMAGE=reg.example.org:5000/node@${own(OWN)} --build-arg DEBIAN_IMAGE=debian@${own(arch)} `,
      );
      expect(builds[at]).toContain(
        `--label ${LABEL}.base.name=debian:bookworm-slim --label ${LABEL}.base.digest=${own(arch)} .`,
      );
    }
  });

  it("asks registries for lists by digest, without a tag, which buildah 1.28 does not find there", async () => {
    const words = ["-u", "-i", "db", "-a", "linux/amd64", "-n", `reg.example.org:5000/node:24@${DIGEST}`];
    const { calls } = await release([...words, "-d", "debian:bookworm-slim", "reg"]);
    const asked = calls.filter((call) => call.startsWith("manifest inspect "));
    expect(new Set(asked)).toEqual(
      new Set([
        `manifest inspect reg.example.org:5000/node@${DIGEST}`,
        "manifest inspect debian:bookworm-slim",
      ]),
    );
  });

  it("takes a base image of a registry that has no list of platforms as it is", async () => {
    const NO_LIST = "manifest is of type application/vnd.oci.image.manifest.v1+json (not a list type)";
    const words = ["-u", "-i", "db", "-a", "linux/amd64", "-n", `reg.example.org/node:24@${DIGEST}`, "reg"];
    const { calls, exitCode, stderr } = await release(words, { NO_LIST });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(calls.find((call) => call.startsWith("build "))).toContain(
      ` --build-arg NODE_IMAGE=reg.example.org/node@${DIGEST} `,
    );
  });

  it("ends where neither a registry nor buildah's storage has a base image", async () => {
    const words = ["-u", "-i", "db", "-a", "linux/amd64", "reg"];
    const { calls, exitCode, stderr } = await release(words, { NO_LIST: "manifest unknown" });
    expect(calls.some((call) => call.startsWith("build "))).toBe(false);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${NODE}: Error: manifest unknown`);
  });

  it("ends where a base image has nothing for a platform", async () => {
    const { calls, exitCode, stderr } = await release(["-u", "-i", "db", "reg"], {
      LIST: '{ "manifests": [] }',
    });
    expect({ exitCode, builds: calls.filter((call) => call.startsWith("build ")) }).toEqual({
      exitCode: 2,
      builds: [],
    });
    expect(stderr).toContain(`${NODE} has no image for linux/amd64`);
  });

  it("keeps the digests of what was pushed, images and chart", async () => {
    const { digests } = await release(["-u", "-i", "snmp,integrations", "reg.example.org/mon"]);
    expect(digests).toEqual([
      `reg.example.org/mon/omd-snmp-worker:${version}@${DIGEST}`,
      `reg.example.org/mon/omd-integrations:${version}@${DIGEST}`,
      `reg.example.org/mon/charts/omd-worker:${version}@${CHART_DIGEST}`,
    ]);
  });

  it("keeps them for OCI layouts, too", async () => {
    using folder = createFolder();
    const { digests } = await release(["-u", "-i", "snmp", `oci:${folder.path}`]);
    const chart = createHash("sha256").update("chart\n").digest("hex");
    expect(digests).toEqual([
      `oci:${folder.path}/omd-snmp-worker:${version}@${DIGEST}`,
      `${folder.path}/omd-worker-${version}.tgz@sha256:${chart}`,
    ]);
  });

  it.each([
    ["an image", { DIGEST: "" }, `reg/omd-snmp-worker:${version} was not pushed`],
    ["the chart", { CHART_DIGEST: "" }, `reg/charts/omd-worker:${version} was not pushed`],
  ])("fails when there is no digest of %s, as it was not pushed then", async (_, env, says) => {
    const { exitCode, stderr } = await release(["-u", "-i", "snmp", "reg"], env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });

  it("names base images by their digests, and passes flags on", async () => {
    const base = (name: string) => `${name}@sha256:${"0".repeat(64)}`;
    const words = ["-u", "-i", "db", "-a", "linux/amd64", "-n", base("node"), "-d", base("debian")];
    const time = { SOURCE_DATE_EPOCH: "1700000000" };
    const { calls } = await release([...words, "reg", "--", "--pull-never"], time);
    const build = calls.find((call) => call.startsWith("build ")) ?? "";
    expect(build).toMatch(
      new RegExp(` --pull-never .*--timestamp 1700000000 --label ${LABEL}.version=${version} `),
    );
    expect(build).toContain(
      ` --build-arg NODE_IMAGE=${base("node")} --build-arg BUILDER_IMAGE=${base("node")} --build-arg DEBIAN_IMAGE=${base("debian")} `,
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
    const { exitCode, stderr, calls } = await release(words);
    expect({ exitCode, calls }).toEqual({ exitCode: 2, calls: [] });
    expect(stderr).toContain(says);
  });
});
