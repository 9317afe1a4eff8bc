import { execaSync } from "execa";
import { parse, parseAllDocuments } from "yaml";
import { toolPath } from "../fetched-tools.ts";

/** An object of Kubernetes as the chart renders it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // What an object says is as its kind wants it; a test names what it looks at.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly spec?: any;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly data?: any;
}

interface RenderOptions {
  /** Files of values below the chart, then at most one map of values. */
  readonly values?: readonly (string | object)[];
  readonly release?: string;
  readonly helm?: "helm" | "helm3";
}

type Rendered =
  | { readonly kind: "rendered"; readonly text: string; readonly objects: readonly KubeObject[] }
  | { readonly kind: "refused"; readonly message: string };

/** Kubernetes reads YAML 1.1: `0440` is octal, `yes` is true. */
const YAML = { version: "1.1" } as const;

export const CHART = "helm/omd-worker";
/** What every release needs. */
export const MINIMUM = { gearman: { servers: ["192.0.2.1"], existingSecret: "the-key" } };

/** A process of helm lives so shortly that collecting its garbage costs more than keeping it. */
export const KEEP_GARBAGE = { GOGC: "off" };

const known = new Map<string, Rendered>();

/** `helm template`, which asks no cluster. Many tests of a file look at the same release: it is made once. */
export function render(options: RenderOptions): Rendered {
  const key = JSON.stringify(options);
  const result = known.get(key) ?? renderAnew(options);
  known.set(key, result);
  return structuredClone(result);
}

function renderAnew({ values = [], release = "omd", helm = "helm" }: RenderOptions): Rendered {
  const files = values
    .filter((each) => typeof each === "string")
    .flatMap((name) => ["-f", `${CHART}/${name}`]);
  const [map] = values.filter((each) => typeof each === "object");
  const words = ["template", release, CHART, "--namespace", "monitoring", "--kube-version", "1.35.0"];
  const { stdout, stderr, exitCode } = execaSync(
    toolPath(helm),
    [...words, ...files, ...(map === undefined ? [] : ["-f", "-"])],
    { input: map === undefined ? "" : JSON.stringify(map), env: KEEP_GARBAGE, reject: false },
  );
  if (exitCode !== 0) return { kind: "refused", message: stderr };
  return { kind: "rendered", text: stdout, objects: readObjects(stdout) };
}

/** The objects of a release that must render. Values are those that every release needs, and these. */
export function objectsOf(values: object = {}, options: RenderOptions = {}): readonly KubeObject[] {
  return rendered({ ...options, values: [...(options.values ?? []), merge(MINIMUM, values)] });
}

/** The objects of files of values as they are. */
export function objectsOfFiles(...values: readonly string[]): readonly KubeObject[] {
  return rendered({ values });
}

/** The message with which values are refused. */
export function refusalOf(values: object): string {
  const result = render({ values: [merge(MINIMUM, values)] });
  return result.kind === "refused" ? result.message : "";
}

export function readObjects(text: string): readonly KubeObject[] {
  return parseAllDocuments(text, YAML)
    .map((document) => {
      const [fault] = document.errors;
      if (fault !== undefined) throw fault;
      return document.toJS() as KubeObject | null;
    })
    .filter((object) => object !== null);
}

export function find(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  const [object] = found;
  if (object === undefined || found.length > 1) throw new Error(`${found.length} ${kind} ${name}`);
  return object;
}

export function ofKind(objects: readonly KubeObject[], kind: string): readonly KubeObject[] {
  return objects.filter((object) => object.kind === kind);
}

export function readYaml<Value>(text: string): Value {
  return parse(text) as Value;
}

function rendered(options: RenderOptions): readonly KubeObject[] {
  const result = render(options);
  if (result.kind === "refused") throw new Error(result.message);
  return result.objects;
}

/** As Helm merges values: maps key by key. */
function merge(one: object, other: object): object {
  const merged: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = merged[key];
    merged[key] = isMap(before) && isMap(value) ? merge(before, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
