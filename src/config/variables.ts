import type { ConfigRow } from "./option.ts";

/** A program's options as variables of the environment: `retry-interval` is OMD_WORKER_RETRY_INTERVAL. */
export interface Variables {
  readonly prefix: string;
  /** Options of other programs with the same prefix: one environment may serve them all. */
  readonly others: readonly Pick<ConfigRow, "name" | "aliases">[];
}

export const VARIABLE_PREFIX = "OMD_WORKER_";

/**
 * Those that hold secrets. They are taken out of the process's own environment before anything of the
 * configuration is read, so they stand here and not only in the table; a test compares both.
 */
export const SECRET_VARIABLES = [
  "KEY",
  "PASSWORD",
  "ACCEPTED_KEY",
  "SERVER_KEY",
  "DUPSERVER_KEY",
  "STATUS_PAGE_AUTH",
].map((name) => VARIABLE_PREFIX + name);

type Environment = Readonly<Record<string, string | undefined>>;

export function variableName(prefix: string, spelling: string): string {
  return prefix + spelling.toUpperCase().replaceAll("-", "_");
}

/** Whether anything may be set there. */
export function hasVariables(env: Environment): boolean {
  return Object.keys(env).some((name) => name.startsWith(VARIABLE_PREFIX));
}

/** What commands are given that are no business of the worker's keys. */
export function withoutSecrets(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET_VARIABLES.includes(name)));
}
