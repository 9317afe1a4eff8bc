import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import { createFolder } from "../support/folder.ts";
import { CHART, KEEP_GARBAGE, type KubeObject, readObjects } from "../support/helm/template.ts";

/** A program that changes something elsewhere: its call is written down, a word a line. */
const STAND_IN = `#!/bin/sh\n{ printf '%s\\n' "\${0##*/}" "$@"; echo; } >> "$CALLS"\n`;
const STAND_INS = ["kubectl", "helm", "docker", "build.sh"];

type Call = readonly string[];

interface Document {
  readonly path: string;
  readonly heading: string;
}

/** The part of a document below a heading, to the next one of its rank or above. */
function sectionOf({ path, heading }: Document): string {
  const lines = readFileSync(path, "utf8").split("\n");
  const begin = lines.indexOf(heading);
  if (begin < 0) throw new Error(`${path} has no ${heading}`);
  const rank = heading.indexOf(" ");
  const end = lines.findIndex(
    (line, index) => index > begin && /^#+ /.test(line) && line.indexOf(" ") <= rank,
  );
  return lines.slice(begin, end < 0 ? undefined : end).join("\n");
}

/** The blocks of code of a language, without the indent of their list. */
function blocksOf(section: string, language: string): readonly string[] {
  const blocks = section.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, "gm"));
  return [...blocks].map(([, indent = "", code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}

/** Runs the commands of a section in a folder that has the chart and the values, and tells who was called. */
function callsOf(document: Document, folder: string): readonly Call[] {
  const section = sectionOf(document);
  const bin = join(folder, "bin");
  const [chart, calls] = [join(folder, CHART), join(folder, "calls")];
  for (const path of [bin, chart, join(folder, "images")]) mkdirSync(path, { recursive: true });
  for (const name of STAND_INS) writeFileSync(join(bin, name), STAND_IN, { mode: 0o755 });
  cpSync(join(bin, "build.sh"), join(folder, "images/build.sh"));
  cpSync(CHART, chart, { recursive: true });
  for (const stage of ["dev", "prod"])
    cpSync(join(chart, `values-${stage}.yaml`), join(folder, `values-${stage}.yaml`));
  const [values] = blocksOf(section, "yaml");
  if (values !== undefined) writeFileSync(join(folder, "values.yaml"), values);
  execaSync("/bin/sh", ["-eu"], {
    cwd: folder,
    input: blocksOf(section, "sh").join("\n"),
    env: { PATH: `${bin}:/usr/bin:/bin`, CALLS: calls },
  });
  return readFileSync(calls, "utf8")
    .split("\n\n")
    .map((call) => call.split("\n"));
}

const isCall = (call: Call, ...words: readonly string[]) => words.every((word) => call.includes(word));
const after = (call: Call, option: string) => call[call.indexOf(option) + 1] ?? "";

/** `NAMESPACE/NAME` of all Secrets that were made. */
function madeSecrets(calls: readonly Call[]): readonly string[] {
  return calls
    .filter((call) => isCall(call, "kubectl", "create", "secret", "generic"))
    .map((call) => `${after(call, "--namespace")}/${after(call, "generic")}`);
}

/** What an installation would make, and of which images. */
function objectsOfCall(call: Call, folder: string): readonly KubeObject[] {
  const words = call.slice(call.indexOf("--install") + 1);
  const all = ["template", ...words, "--kube-version", "1.35.0"].filter(
    (word) => word !== "--rollback-on-failure",
  );
  return readObjects(execaSync(toolPath("helm"), all, { cwd: folder, env: KEEP_GARBAGE }).stdout);
}

/** `NAMESPACE/NAME` of all Secrets that pods cannot start without. */
function neededSecrets(objects: readonly KubeObject[]): readonly string[] {
  return objects.flatMap(({ metadata, spec }) => {
    const text = JSON.stringify(spec?.template ?? spec ?? {});
    const names = text.matchAll(/"secretName":"([^"]+)"|"secret(?:Ref)?":\{"name":"([^"]+)"/g);
    return [...names].map(([, volume, projected]) => `${metadata.namespace}/${volume ?? projected}`);
  });
}

const imagesOf = (objects: readonly KubeObject[]) =>
  [...JSON.stringify(objects).matchAll(/"image":"([^"]+)"/g)].map(([, image = ""]) => image);

/** The kinds that a cluster has by itself. */
const BUILT_IN = /^(?:v1|apps\/v1|batch\/v1|policy\/v1|networking\.k8s\.io\/v1|autoscaling\/v2)$/;

const DOCUMENTS: readonly Document[] = [
  { path: "README.md", heading: "## You have Kubernetes: install the chart" },
  { path: "docs/kubernetes.md", heading: "## Install it in ten minutes" },
  { path: "docs/kubernetes.md", heading: "## The two stages" },
];

describe.skipIf(!hasTool("helm")).each(DOCUMENTS)("the commands of $path, $heading", (document) => {
  it("make every Secret that the values name, and no other, in the namespace of the release", () => {
    using folder = createFolder();
    const calls = callsOf(document, folder.path);
    const installed = calls.filter((call) => isCall(call, "helm", "--install"));
    const needed = installed.flatMap((call) => neededSecrets(objectsOfCall(call, folder.path)));
    expect(needed).not.toEqual([]);
    expect(madeSecrets(calls).toSorted()).toEqual([...new Set(needed)].toSorted());
  });

  it("make each namespace before something is put into it", () => {
    using folder = createFolder();
    const calls = callsOf(document, folder.path);
    const made = new Set<string>();
    for (const call of calls) {
      if (isCall(call, "kubectl", "create", "namespace")) made.add(after(call, "namespace"));
      if (isCall(call, "--namespace") && !isCall(call, "--dry-run=client"))
        expect(made).toContain(after(call, "--namespace"));
    }
    expect(made.size).toBeGreaterThan(0);
  });

  it("install nothing that needs an operator", () => {
    using folder = createFolder();
    const installed = callsOf(document, folder.path).filter((call) => isCall(call, "helm", "--install"));
    const objects = installed.flatMap((call) => objectsOfCall(call, folder.path));
    expect(objects.length).toBeGreaterThan(5);
    expect(objects.filter(({ apiVersion }) => !BUILT_IN.test(apiVersion))).toEqual([]);
  });
});

describe.skipIf(!hasTool("helm"))("the way from nothing to a release", () => {
  it.each(DOCUMENTS.slice(0, 2))("of $path builds and pushes every image that is installed", (document) => {
    using folder = createFolder();
    const calls = callsOf(document, folder.path);
    const installed = calls.filter((call) => isCall(call, "helm", "--install"));
    const images = imagesOf(installed.flatMap((call) => objectsOfCall(call, folder.path)));
    const pushed = calls.filter((call) => isCall(call, "docker", "push")).map((call) => after(call, "push"));
    const built = calls
      .filter((call) => isCall(call, "build.sh"))
      .flatMap((call) => {
        const [prefix = "", ...targets] = call.slice(call.indexOf("-p") + 1);
        return targets.map((target) => `${prefix}omd-${target}-worker`);
      });
    expect(pushed.toSorted()).toEqual([...new Set(images)].toSorted());
    expect(pushed.map((image) => image.replace(/:[^:]*$/, "")).toSorted()).toEqual(built.toSorted());
  });
});
