import { type Finding, fail, fine, warn } from "./finding.ts";

/** What is so with the folder of `result_spool`. */
export interface SpoolFacts {
  readonly folder: string;
  /** Why it cannot be used. Undefined: it can. */
  readonly problem: string | undefined;
  /** In bytes, for this user. Undefined: unknown. */
  readonly free: number | undefined;
  /** `result_spool_max_size` in bytes. */
  readonly wanted: number;
}

const MIB = 1024 * 1024;

export function examineSpool(facts: SpoolFacts | undefined): readonly Finding[] {
  if (facts === undefined) return [];
  const { folder, problem, free, wanted } = facts;
  if (problem !== undefined)
    return [fail("spool", problem, "result_spool has to be a folder of the worker's user alone, mode 0700")];
  if (free === undefined || free >= 2 * wanted)
    return [fine("spool", `results that wait are kept in ${folder}`)];
  const text = `${folder} has room for ${Math.floor(free / MIB)} MiB, result_spool_max_size is ${wanted / MIB}`;
  return [warn("spool", text, "free twice as much as result_spool_max_size, or lower it")];
}
