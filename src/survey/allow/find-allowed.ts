import type { ByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import type { Refusal } from "../../outcome/refusal.ts";
import { createConfiguredRouter, type Router } from "../../run/routing/router.ts";
import type { Shelf } from "../../run/shelf.ts";
import { type CheckOfSite, expandCheck } from "../macros/expand-check.ts";
import type { Site } from "../site/site.ts";
import { type AllowLine, generalise } from "./generalise.ts";
import { type Sample, sampleCheck, sampleNested } from "./sample.ts";

/** The lines that a site needs with restrict_mode=strict, and the checks that none can allow. */
export interface Allowance {
  readonly lines: readonly AllowLine[];
  readonly refused: readonly RefusedCheck[];
}

export interface RefusedCheck extends CheckOfSite {
  readonly rule: Refusal["rule"];
}

export interface AllowanceInputs {
  readonly site: Site;
  readonly checks: readonly CheckOfSite[];
  readonly config: Config;
  readonly shelf: Shelf;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Commands run commands, but not as deep as this. */
const MOST_ROUNDS = 8;

/**
 * Finds what the strict mode would refuse, makes lines of it, and looks again with them: so the commands
 * within commands get lines, too, and no line is given out that does not fit.
 */
export async function findAllowed(inputs: AllowanceInputs): Promise<Allowance> {
  const { checks } = inputs;
  const samples = new Map<string, Sample>();
  let lines: readonly AllowLine[] = [];
  let refused: readonly RefusedCheck[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const found = await routeAll(checks, lines, inputs);
    refused = found.refused;
    const before = samples.size;
    for (const [key, sample] of found.missing) samples.set(key, sample);
    if (samples.size === before) break;
    lines = generalise([...samples.values()]);
  }
  return { lines, refused };
}

interface Routed {
  readonly refused: readonly RefusedCheck[];
  /** What no line allows yet, by the check and the command. */
  readonly missing: ReadonlyMap<string, Sample>;
}

async function routeAll(
  checks: readonly CheckOfSite[],
  lines: readonly AllowLine[],
  inputs: AllowanceInputs,
): Promise<Routed> {
  const router = routerWith(lines, inputs);
  const missing = new Map<string, Sample>();
  const refused: RefusedCheck[] = [];
  for (const check of checks) {
    const refusal = await findRefusal(check, router, inputs.site);
    if (refusal === undefined) continue;
    refused.push({ ...check, rule: refusal.rule });
    if (refusal.rule !== "not-allowed") continue;
    const sample = sampleOf(check, refusal.commandLine, inputs);
    if (sample !== undefined) missing.set(keyOf(check, refusal.commandLine), sample);
  }
  return { refused, missing };
}

function routerWith(lines: readonly AllowLine[], { config, shelf, env }: AllowanceInputs): Router {
  const restrictAllow = lines.map(({ words }) => words);
  return createConfiguredRouter({ ...config, restrictMode: "strict", restrictAllow }, shelf, env);
}

async function findRefusal(check: CheckOfSite, router: Router, site: Site): Promise<Refusal | undefined> {
  const expanded = expandCheck(check, site);
  if (expanded === undefined) return undefined;
  const route = await router({ commandLine: expanded.commandLine });
  return route.via === "refuse" ? route.refusal : undefined;
}

/** The command that is refused is the check's own, or one that it runs. */
function sampleOf(
  check: CheckOfSite,
  refusedLine: ByteString,
  { site, shelf: { find } }: AllowanceInputs,
): Sample | undefined {
  const own = sampleCheck(check, { site, find });
  if (expandCheck(check, site)?.commandLine === refusedLine) return own;
  return sampleNested(refusedLine, own, find);
}

function keyOf({ host, service }: CheckOfSite, commandLine: ByteString): string {
  return JSON.stringify([host.name, service?.description, commandLine]);
}
