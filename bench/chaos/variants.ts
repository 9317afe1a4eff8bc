import { join } from "node:path";
import { execa } from "execa";
import type { Pki } from "../../test/support/gearman/tls-gearmand.ts";

export interface NamedTemplate {
  readonly name: string;
  readonly template: readonly string[];
}

/** How jobs and results are protected on their way. The core and the job server of a run have it, too. */
export interface Protection {
  /** Jobs and results are encrypted with it. */
  readonly key?: string | undefined;
  /** gearmand speaks TLS, with these certificates. */
  readonly pki?: Pki | undefined;
}

export interface Variant extends NamedTemplate {
  readonly protection: Protection;
}

const ROOT = join(import.meta.dirname, "../..");
const SLOTS = 20;
const KEY = "only for this run";

/** Our worker: as a site has it that wants to lose nothing, as it is by default, and protected. */
const VARIANTS = {
  spool: { name: "omd-worker", hasSpool: true, hasKey: false, hasTls: false },
  default: { name: "omd-worker without result_spool", hasSpool: false, hasKey: false, hasTls: false },
  key: { name: "omd-worker with encryption", hasSpool: true, hasKey: true, hasTls: false },
  tls: { name: "omd-worker with TLS", hasSpool: true, hasKey: false, hasTls: true },
} as const;

export type VariantName = keyof typeof VARIANTS;
export const VARIANT_NAMES = Object.keys(VARIANTS) as readonly VariantName[];

export function isVariantName(name: string): name is VariantName {
  return Object.hasOwn(VARIANTS, name);
}

export async function ownProgram(fromSource: boolean): Promise<readonly string[]> {
  if (!fromSource) await execa("npm", ["run", "--silent", "build"], { cwd: ROOT });
  return [process.execPath, join(ROOT, fromSource ? "src/cli/omd-worker.ts" : "dist/src/cli/omd-worker.js")];
}

export function ownVariant(variant: VariantName, program: readonly string[], pki: Pki): Variant {
  const { name, hasSpool, hasKey, hasTls } = VARIANTS[variant];
  return {
    name,
    template: [
      ...[...program, "--server=127.0.0.1:{port}", "--services=yes", "--identifier={name}"],
      ...[`--min-worker=${SLOTS}`, `--max-worker=${SLOTS}`, "--control_socket=no", "--debug=1"],
      ...(hasSpool ? ["--result_spool={folder}/spool"] : []),
      ...(hasKey ? [`--key=${KEY}`] : ["--encryption=no"]),
      ...(hasTls ? tlsOptions(pki) : []),
    ],
    protection: { ...(hasKey && { key: KEY }), ...(hasTls && { pki }) },
  };
}

/** A peer has encryption where its command names the `{key}`. */
export function peerVariant({ name, template }: NamedTemplate): Variant {
  const hasKey = template.some((word) => word.includes("{key}"));
  return {
    name,
    template: template.map((word) => word.replaceAll("{key}", KEY)),
    protection: hasKey ? { key: KEY } : {},
  };
}

function tlsOptions({ file }: Pki): readonly string[] {
  return [
    ...["--tls=yes", `--tls_ca_file=${file("server.crt")}`],
    ...[`--tls_certificate=${file("client.crt")}`, `--tls_key=${file("client.key")}`],
  ];
}
