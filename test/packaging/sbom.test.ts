import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inProduction, readLock } from "../../packaging/licences.ts";
import { createSbom } from "../../packaging/sbom.ts";
import { createFolder } from "../support/folder.ts";

const ROOT = "pkg:npm/our@1.0.0";
const NODE = "pkg:generic/node@24.1.0";
const VERSIONS = { node: "24.1.0", v8: "13.6-node.1", openssl: "3.0.16+quic", modules: "137", nghttp3: "" };
const LOCK = {
  "node_modules/@scope/a": { version: "1.0.0", license: "MIT", dependencies: { b: "^1" } },
  "node_modules/b": {
    version: "2.0.0",
    license: "ISC",
    integrity: "sha512-AQI=",
    optionalDependencies: { absent: "*" },
  },
  "node_modules/@scope/a/node_modules/b": { version: "1.5.0", license: "ISC" },
  "node_modules/absent": { version: "1.0.0", license: "MIT", optional: true as const },
  "node_modules/tool": { version: "1.0.0", license: "MIT", dev: true as const },
};

/** An installation with these packages of the lock. */
function installed(paths: readonly string[]) {
  const folder = createFolder();
  const { path } = folder;
  const own = {
    name: "our",
    version: "1.0.0",
    license: "Apache-2.0",
    dependencies: { "@scope/a": "1", b: "2" },
  };
  writeFileSync(join(path, "package.json"), JSON.stringify(own));
  for (const each of paths) {
    mkdirSync(join(path, each), { recursive: true });
    writeFileSync(join(path, each, "package.json"), "{}");
  }
  return folder;
}

const lock = new Map(Object.entries(LOCK));
const PRESENT = Object.keys(LOCK).filter((path) => !path.endsWith("absent"));

it("lists the packages that are there, and none for development", () => {
  using folder = installed(PRESENT);
  const { components } = createSbom(folder.path, { lock });
  expect(components.map(({ purl }) => purl)).toEqual([
    "pkg:npm/%40scope/a@1.0.0",
    "pkg:npm/b@2.0.0",
    "pkg:npm/b@1.5.0",
  ]);
  expect(components[1]).toMatchObject({
    licenses: [{ license: { id: "ISC" } }],
    hashes: [{ alg: "SHA-512", content: "0102" }],
  });
});

it("says which of two versions a package gets", () => {
  using folder = installed(PRESENT);
  expect(createSbom(folder.path, { lock }).dependencies).toEqual([
    { ref: ROOT, dependsOn: ["pkg:npm/%40scope/a@1.0.0", "pkg:npm/b@2.0.0"] },
    { ref: "pkg:npm/%40scope/a@1.0.0", dependsOn: ["pkg:npm/b@1.5.0"] },
    { ref: "pkg:npm/b@2.0.0", dependsOn: [] },
    { ref: "pkg:npm/b@1.5.0", dependsOn: [] },
  ]);
});

it("names Node.js, and what is compiled into it, as a component that the program needs", () => {
  using folder = installed([]);
  const { components, dependencies } = createSbom(folder.path, { lock, node: VERSIONS });
  expect(components).toMatchObject([
    {
      "bom-ref": NODE,
      type: "platform",
      name: "node",
      version: "24.1.0",
      purl: NODE,
      cpe: "cpe:2.3:a:nodejs:node.js:24.1.0:*:*:*:*:*:*:*",
      components: [
        {
          purl: "pkg:generic/openssl@3.0.16%2Bquic",
          cpe: "cpe:2.3:a:openssl:openssl:3.0.16:*:*:*:*:*:*:*",
        },
        { purl: "pkg:generic/v8@13.6-node.1" },
      ],
    },
  ]);
  expect(dependencies).toEqual([
    { ref: ROOT, dependsOn: [NODE] },
    { ref: NODE, dependsOn: [] },
  ]);
});

it("lists each package of package-lock.json that a worker runs with, and the worker needs each of them", () => {
  const { components, dependencies } = createSbom(".", { lock: readLock(".") });
  const expected = inProduction(readLock(".")).map(
    ([path, { version }]) => `${path.replace(/^.*node_modules\//, "")}@${version}`,
  );
  const listed = components.map(({ name, version }) => `${name}@${version}`);
  expect(listed.toSorted()).toEqual([...new Set(expected)].sort());
  const reached = new Set([dependencies[0]?.ref]);
  for (const ref of reached)
    for (const next of dependencies.find((each) => each.ref === ref)?.dependsOn ?? []) reached.add(next);
  expect(reached.size).toBe(components.length + 1);
});
