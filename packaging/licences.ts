/** Which packages the worker runs with, and under which licences: docs/licences.md, made by `npm run docs`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A package as package-lock.json has it. */
export interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dev?: true;
  readonly optional?: true;
  readonly hasInstallScript?: true;
}

/** Licences that ask for nothing but their own text. */
export const PERMISSIVE: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "Unlicense",
];

/** By their folders below the root. */
export function readLock(root: string): ReadonlyMap<string, LockedPackage> {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return new Map(Object.entries<LockedPackage>(packages).filter(([path]) => path !== ""));
}

/** Those that an installation has; optional ones are left out of the images and the Debian package. */
export function inProduction(
  lock: ReadonlyMap<string, LockedPackage>,
): readonly (readonly [string, LockedPackage])[] {
  return [...lock].filter(([, { dev }]) => !dev);
}

/** Old packages have it in a form that package-lock.json leaves out. */
export function licenceOf(root: string, path: string, { license }: LockedPackage): string {
  if (license !== undefined) return license;
  const { license: own, licenses } = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
  return own?.type ?? own ?? licenses?.[0]?.type ?? "none";
}

export function renderLicences(root: string): string {
  const rows = inProduction(readLock(root)).map(([path, locked]) => {
    const name = path.replace(/^.*node_modules\//, "");
    return `| ${name} | ${locked.version} | ${licenceOf(root, path, locked)} |`;
  });
  return `${HEAD}${[...new Set(rows)].sort().join("\n")}\n`;
}

const HEAD = `# Licences

Made by \`npm run docs\` of package-lock.json. The worker itself is under [Apache-2.0](../LICENSE). These are the packages that it runs with; their
texts are in their folders, and in \`/usr/share/doc/omd-worker/copyright\` of the Debian package. Only permissive licences are taken, which a test
looks after: ${PERMISSIVE.join(", ")}.

- **None needs to run anything at its installation.** Two have such a script, ssh2 and cpu-features: they would compile code that makes encryption
  faster, and work without. npm does not run them here (\`allowScripts\` of package.json). \`npm ci --ignore-scripts --omit=dev\` gives a worker that works.
- **Each has a checksum** in package-lock.json (\`integrity\`), which \`npm ci\` compares.
- The list of components in the form CycloneDX is \`/opt/omd-worker/sbom.cdx.json\` in each image and beside each released image
  ([images.md](images.md)), \`/usr/lib/omd-worker/sbom.cdx.json\` of the Debian package, and \`sbom.cdx.json\` of the npm package. The first two have
  their Node.js in it, with the libraries compiled into it; npm chooses the packages when it installs, so the last one lists those that were tested.

| package | version | licence |
|---|---|---|
`;
