import { accessSync, constants, renameSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { LinkState } from "./link-state.ts";
import { readLinkState } from "./link-state.ts";

export interface LinkPlan {
  readonly folder: string;
  readonly names: readonly string[];
  /** The real path of this program. */
  readonly program: string;
  /** Replace links to other installations of ours. */
  readonly force: boolean;
}

/** One name, and what lies at its place. */
interface Place {
  readonly path: string;
  readonly state: LinkState;
}

/** Lines for people. Nothing was changed if there are problems. */
export interface LinkReport {
  readonly made: readonly string[];
  readonly problems: readonly string[];
}

/** Makes all links, or none. Throws an error of the system. */
export function makeLinks(plan: LinkPlan): LinkReport {
  const { folder, names, program } = plan;
  const places = names.map((name) => {
    const path = join(folder, name);
    return { path, state: readLinkState(path, program) };
  });
  const problems = places.flatMap((place) => findProblem(place, plan.force) ?? []);
  if (problems.length > 0) return { made: [], problems };
  return { made: places.map((place) => makeLink(place, program)), problems };
}

function findProblem({ path, state }: Place, force: boolean): string | undefined {
  switch (state.kind) {
    case "free":
    case "right":
      return undefined;
    case "ours":
      return force
        ? undefined
        : `${path} is a link to another installation, ${state.to}: --force replaces it`;
    case "foreign":
      return `${path} is ${state.what} of another program, and stays: choose a folder that comes before it in PATH, as /usr/local/bin, or remove it first (dpkg -S ${path} names its package)`;
  }
}

function makeLink({ path, state }: Place, program: string): string {
  if (state.kind === "right") return `${path} is there already`;
  if (state.kind === "free") symlinkSync(program, path);
  else replaceLink(path, program);
  return `${path} -> ${program}`;
}

/** The name is never missing in between. */
function replaceLink(path: string, program: string): void {
  const temporary = `${path}.${process.pid}`;
  symlinkSync(program, temporary);
  renameSync(temporary, path);
}

/** The names that a shell finds elsewhere in PATH, before the folder or without it, as lines for people. */
export function findShadows(
  { folder, names, program }: LinkPlan,
  path: string | undefined,
): readonly string[] {
  const folders = (path ?? "").split(delimiter).filter((each) => each !== "");
  return names.flatMap((name) => {
    const first = folders.map((each) => join(each, name)).find(isExecutable);
    if (first === undefined) return [`${name} is not found by its name alone: ${folder} is not in PATH`];
    return readLinkState(first, program).kind === "right" ? [] : [`PATH finds ${first} first`];
  });
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
