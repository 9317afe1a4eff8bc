import { type ByteString, fromByteString } from "../byte-string.ts";
import type { Route } from "../run/routing/route.ts";
import { routeHere } from "../run/routing/route-here.ts";
import type { Router } from "../run/routing/router.ts";
import { maskLine } from "../run/secrets.ts";
import type { Shelf } from "../run/shelf.ts";
import { type Cost, type CostQuestion, costOf } from "./costs.ts";
import { type CheckOfSite, expandCheck } from "./macros/expand-check.ts";
import { createFileLooker, findProgram, type LookedAt, type Program } from "./programs.ts";
import type { Site } from "./site/site.ts";
import { findWhyNot } from "./why-not.ts";

/** How one check of the site would be run. No text of it holds a secret, as far as secrets can be known. */
export interface SurveyedCheck {
  readonly host: string;
  /** Undefined: it is the check of the host. */
  readonly service: string | undefined;
  readonly via: Route["via"];
  /** The reason of the route, in words. */
  readonly why: string;
  /** Why it is not answered natively, in words that many checks share. Undefined: it is. */
  readonly whyNot: string | undefined;
  /** The file's name of the plugin. */
  readonly program: string;
  /** Its file is not on this machine. */
  readonly isAbsent: boolean;
  /** In seconds. Undefined: the core runs it only when it is told to. */
  readonly interval: number | undefined;
  readonly cost: Cost;
  /** The command line with secrets masked, and with the names of macros in place of what may be secrets. */
  readonly shownLine: () => string;
}

/** All checks that the core would give to workers, and what was left out. */
export interface Survey {
  readonly hosts: number;
  readonly services: number;
  readonly checks: readonly SurveyedCheck[];
  /** Objects whose active checks are off. */
  readonly inactive: number;
  /** Active objects without a command, as hosts may be. */
  readonly withoutCommand: number;
}

export interface Surveyor {
  readonly router: Router;
  readonly shelf: Pick<Shelf, "find">;
}

/** Finds the way of each active check. Files are looked at, and none is started. */
export async function surveySite(site: Site, surveyor: Surveyor): Promise<Survey> {
  const all = allChecks(site);
  const active = all.filter(isActive);
  const lookAt = createFileLooker();
  const found: SurveyedCheck[] = [];
  for (const check of active) {
    const expanded = expandCheck(check, site);
    if (expanded === undefined) continue;
    const route = routeOfWork(await surveyor.router({ commandLine: expanded.commandLine }));
    found.push(describe(check, route, { site, surveyor, lookAt, commandLine: expanded.commandLine }));
  }
  return {
    hosts: site.hosts.size,
    services: site.services.length,
    checks: found,
    inactive: all.length - active.length,
    withoutCommand: active.length - found.length,
  };
}

/** A native check that runs a command, such as negate, is worth what its command is. */
function routeOfWork(found: Route): Route {
  const route = routeHere(found);
  const nested = route.via === "native" && route.nested !== undefined ? routeOfWork(route.nested) : undefined;
  return nested === undefined || nested.via === "native" ? route : nested;
}

function allChecks(site: Site): readonly CheckOfSite[] {
  return [
    ...[...site.hosts.values()].map((host) => ({ host, service: undefined })),
    ...site.services.map((service) => ({ host: service.host, service })),
  ];
}

/** The checks that the core runs by itself. */
export function activeChecks(site: Site): readonly CheckOfSite[] {
  return allChecks(site).filter(isActive);
}

function isActive({ host, service }: CheckOfSite): boolean {
  return (service ?? host).values.get("active_checks_enabled") !== "0";
}

interface Describing {
  readonly site: Site;
  readonly surveyor: Surveyor;
  readonly lookAt: (path: ByteString | undefined) => LookedAt;
  readonly commandLine: ByteString;
}

function describe(check: CheckOfSite, route: Route, describing: Describing): SurveyedCheck {
  const { site, surveyor, lookAt, commandLine } = describing;
  const { host, service } = check;
  const program = findProgram(route, commandLine);
  const file = lookAt(program.path);
  return {
    host: fromByteString(host.name),
    service: service && fromByteString(service.description),
    via: route.via,
    why: fromByteString(route.why),
    whyNot: findWhyNot(route, surveyor.shelf),
    program: program.name,
    isAbsent: file.isAbsent,
    interval: intervalOf((service ?? host).values, site),
    cost: costOf(questionOf(route, program, file)),
    shownLine: () => showLine(check, site, surveyor.shelf),
  };
}

function questionOf(route: Route, { name }: Program, { kind }: LookedAt): CostQuestion {
  switch (route.via) {
    case "native":
      return { via: "native", check: route.check.name };
    case "warm":
      return { via: "warm", kind: route.plugin.language };
    case "plugin":
    case "refuse":
      return { via: route.via, check: name, kind };
    case "shell":
      return { via: "shell" };
  }
}

/** The core's interval_length, in seconds. */
const INTERVAL_LENGTH = 60;

function intervalOf(values: ReadonlyMap<string, ByteString>, { main }: Site): number | undefined {
  const length = Number(main.get("interval_length") ?? INTERVAL_LENGTH);
  const seconds = Number(values.get("check_interval") ?? 0) * length;
  return seconds > 0 ? seconds : undefined;
}

/** `$USERn$` with a path is shown; any other, and every custom variable, may be a password. */
function showLine(check: CheckOfSite, site: Site, { find }: Pick<Shelf, "find">): string {
  const hides = (macro: string) => {
    const user = /^USER([0-9]+)/.exec(macro)?.[1];
    if (user !== undefined) return site.users.get(Number(user))?.startsWith("/") === false;
    return macro.startsWith("_");
  };
  const { commandLine } = expandCheck(check, site, hides) ?? { commandLine: "" };
  return fromByteString(maskLine(commandLine, find).line);
}
