import { execa } from "execa";
import { kubectlPath, toolPath } from "../../test/support/fetched-tools.ts";

const { CHART_KUBECONFIG = "", CHART_HELM, CHART_KUBECTL, CHART_SECONDS, CHART_WORDS = "" } = process.env;

/** For one roll-out. */
export const SECONDS = Number(CHART_SECONDS ?? 300);
/** What each installation is given by whoever runs the test. */
export const WORDS = CHART_WORDS.split("\n").filter((word) => word !== "");

export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(file: string, words: readonly string[], input: string): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa(file, words, {
    env: { KUBECONFIG: CHART_KUBECONFIG },
    reject: false,
    input,
  });
  return { exitCode, stdout, stderr };
}

export function helm(words: readonly string[], input = ""): Promise<Ran> {
  return run(CHART_HELM || toolPath("helm"), words, input);
}

export function kubectl(words: readonly string[], input = ""): Promise<Ran> {
  return run(CHART_KUBECTL || kubectlPath(), words, input);
}

/** What a command prints, if it went well. */
export async function text(ran: Promise<Ran>): Promise<string> {
  const { exitCode, stdout, stderr } = await ran;
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}${stderr}`);
  return stdout;
}

export async function json<Value>(ran: Promise<Ran>): Promise<Value> {
  return JSON.parse(await text(ran)) as Value;
}

/** The versions of both sides: `Helm v4.1.4, Kubernetes v1.35.4`. */
export async function versions(): Promise<string> {
  const own = await text(helm(["version", "--template", "{{.Version}}"]));
  const { serverVersion } = await json<{ serverVersion: { gitVersion: string } }>(
    kubectl(["version", "--output", "json"]),
  );
  return `Helm ${own}, Kubernetes ${serverVersion.gitVersion}`;
}

/**
 * Helm 4 has renamed a flag. It applies on the server, where a field that is not its own must be taken.
 * Helm 3 asks for the logs of a test after it has removed its pod.
 */
export async function flags() {
  const own = await text(helm(["version", "--template", "{{.Version}}"]));
  return own.startsWith("v3.")
    ? ({ rollback: "--atomic", take: [], logs: [] } as const)
    : ({ rollback: "--rollback-on-failure", take: ["--force-conflicts"], logs: ["--logs"] } as const);
}

/** Kinds of objects that the cluster knows, as `PodMonitor`. */
export async function kinds(): Promise<ReadonlySet<string>> {
  const rows = (await text(kubectl(["api-resources", "--no-headers"]))).split("\n");
  return new Set(rows.map((row) => row.trim().split(/\s+/).at(-1) ?? ""));
}

/** Whether something tells what pods use, as metrics-server does. */
export async function hasPodMetrics(): Promise<boolean> {
  return (await kubectl(["get", "--raw", "/apis/metrics.k8s.io/v1beta1/pods?limit=1"])).exitCode === 0;
}
