/**
 * Writes the list of what an installation has, in the form CycloneDX: `sbom.ts FOLDER [--node]`. FOLDER has
 * package.json and node_modules; package-lock.json is beside this file's folder. With --node the Node.js that
 * runs this is a component, too, with what is compiled into it. `npm sbom --omit=dev` would not do: it leaves
 * out packages that a package for development needs as well.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inProduction, type LockedPackage, licenceOf, readLock } from "./licences.ts";

interface Component {
  readonly "bom-ref": string;
  readonly [member: string]: unknown;
}

export interface Bom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [member: string]: unknown;
}

interface SbomOptions {
  readonly lock: ReadonlyMap<string, LockedPackage>;
  /** `process.versions`, where Node.js is a part of it. */
  readonly node?: Readonly<Record<string, string | undefined>>;
}

/** Numbers of interfaces and of data, no libraries. */
const NO_LIBRARIES: readonly string[] = ["node", "modules", "napi", "cldr", "tz", "unicode"];
/** How databases of vulnerabilities call them, where that is known. */
const CPE_NAMES: Readonly<Record<string, string>> = {
  node: "nodejs:node.js",
  openssl: "openssl:openssl",
  uv: "libuv:libuv",
  nghttp2: "nghttp2:nghttp2",
  undici: "nodejs:undici",
};

/** It has neither a time nor a number of its own, so that the same installation has the same list. */
export function createSbom(folder: string, { lock, node }: SbomOptions): Bom {
  const { name, version, license, dependencies } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const root = npmRef(name, version);
  const installed = new Map(
    inProduction(lock).filter(([path]) => existsSync(join(folder, path, "package.json"))),
  );
  const own = node === undefined ? [] : [nodeComponent(node)];
  const refs = own.map((component) => component["bom-ref"]);
  const components = [...installed].map(([path, locked]) => npmComponent(folder, path, locked));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: {
        "bom-ref": root,
        type: "application",
        name,
        version,
        purl: root,
        licenses: [{ license: { id: license } }],
      },
    },
    components: [...own, ...unique(components, (component) => component["bom-ref"])],
    dependencies: unique(
      [
        { ref: root, dependsOn: [...refs, ...refsOf("", dependencies, installed)] },
        ...refs.map((ref) => ({ ref, dependsOn: [] })),
        ...[...installed].map(([path, locked]) => ({
          ref: npmRef(nameOf(path), locked.version),
          dependsOn: refsOf(
            `${path}/`,
            { ...locked.dependencies, ...locked.optionalDependencies },
            installed,
          ),
        })),
      ],
      ({ ref }) => ref,
    ),
  };
}

/** The same version of a package may be in several folders. */
function unique<Member>(members: readonly Member[], keyOf: (member: Member) => string): readonly Member[] {
  return [...new Map(members.map((member) => [keyOf(member), member])).values()];
}

/** What Node.js finds from there: in the nearest folder node_modules that has it. */
function refsOf(
  from: string,
  needs: Readonly<Record<string, string>>,
  installed: ReadonlyMap<string, LockedPackage>,
): readonly string[] {
  const folders = [...from.matchAll(/(?<=\/)(?=node_modules\/)|$/g)].map(({ index }) => from.slice(0, index));
  return Object.keys(needs).flatMap((name) => {
    const found = ["", ...folders].findLast((folder) => installed.has(`${folder}node_modules/${name}`));
    const locked = found === undefined ? undefined : installed.get(`${found}node_modules/${name}`);
    return locked === undefined ? [] : [npmRef(name, locked.version)];
  });
}

function nameOf(path: string): string {
  return path.replace(/^.*node_modules\//, "");
}

function npmRef(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

function npmComponent(folder: string, path: string, locked: LockedPackage): Component {
  const name = nameOf(path);
  const purl = npmRef(name, locked.version);
  const [algorithm, digest] = (locked.integrity ?? "").split("-");
  return {
    "bom-ref": purl,
    type: "library",
    name,
    version: locked.version,
    purl,
    licenses: [{ license: { id: licenceOf(folder, path, locked) } }],
    ...(algorithm === "sha512" &&
      digest !== undefined && {
        hashes: [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }],
      }),
  };
}

function nodeComponent(versions: NonNullable<SbomOptions["node"]>): Component {
  // Some say no version.
  const libraries = Object.entries(versions).filter(
    ([name, version]) => !NO_LIBRARIES.includes(name) && version !== "",
  );
  return {
    ...genericComponent("platform", "node", versions["node"]),
    description: "Node.js",
    licenses: [{ license: { id: "MIT" } }],
    externalReferences: [{ type: "website", url: "https://nodejs.org" }],
    components: libraries
      .map(([name, version]) => genericComponent("library", name, version))
      .sort((one, other) => (one["bom-ref"] < other["bom-ref"] ? -1 : 1)),
  };
}

function genericComponent(type: "platform" | "library", name: string, version = ""): Component {
  const purl = `pkg:generic/${name}@${encodeURIComponent(version)}`;
  const cpe = CPE_NAMES[name];
  // A build of OpenSSL for QUIC has `+quic` behind its version, which no database has.
  const plain = version.replace(/\+.*$/, "");
  return {
    "bom-ref": purl,
    type,
    name,
    version,
    purl,
    ...(cpe !== undefined && { cpe: `cpe:2.3:a:${cpe}:${plain}:*:*:*:*:*:*:*` }),
  };
}

if (import.meta.main) {
  const [folder = ".", flag] = process.argv.slice(2);
  const lock = readLock(join(import.meta.dirname, ".."));
  const bom = createSbom(folder, { lock, ...(flag === "--node" && { node: process.versions }) });
  process.stdout.write(`${JSON.stringify(bom, undefined, 2)}\n`);
}
