import { type Config, configKey } from "./config.ts";
import type { Draft } from "./draft.ts";
import { findKey } from "./key.ts";
import type { Machine } from "./machine.ts";
import type { WorkerOption } from "./option.ts";
import { error, type Problem, type Remark, warning } from "./problem.ts";
import { systemReason } from "./read-file.ts";
import { type OptionName, WORKER_OPTIONS } from "./worker-options.ts";

const ROWS: readonly WorkerOption[] = WORKER_OPTIONS;

export const LOAD_LIMITS = ["load_limit1", "load_limit5", "load_limit15"] as const;

/** Fills in what was not written and checks the whole, in the words of the C worker. */
export function settleConfig(draft: Draft, machine: Machine, report: (problem: Problem) => void): Config {
  const reportAt = (name: OptionName) => (remark: Remark) =>
    report({ ...remark, ...draft.origins.get(name)?.at(-1) });
  const given = withDefaults(draft, machine);
  const config: Config = {
    ...given,
    ...defaultQueues(draft),
    ...loadLimits(given, draft, machine),
    // In the background nobody reads what the C worker writes to the terminal above 2.
    debug: given.daemon ? Math.min(given.debug, 2) : given.debug,
    minWorker: Math.min(given.minWorker, given.maxWorker),
    key: findKey(given, machine, reportAt("keyfile")),
  };
  if (given.minWorker > given.maxWorker) {
    const message = `min-worker ${given.minWorker} is more than max-worker ${given.maxWorker}, using ${given.maxWorker}`;
    reportAt("min-worker")(warning(message));
  }
  if (config.daemon && (config.logmode === "stdout" || config.logfile === undefined)) {
    reportAt("daemon")(warning("in the background nothing is logged without a log file", "logfile=FILE"));
  }
  // The lines of a list are not told apart any more.
  const file = draft.origins.get("plugin_path")?.at(-1)?.file;
  for (const remark of findMissingFolders(config, machine))
    report({ ...remark, ...(file !== undefined && { file }) });
  if (config.server.length === 0) {
    report(error("please specify at least one server", "server=localhost:4730"));
  }
  if (!hasQueue(config)) report(error("starting worker without any queues is useless", "services=yes"));
  return freeze(config);
}

/** The one place where values get the names and types their rows promise. */
function withDefaults({ values }: Draft, machine: Machine): Config {
  const properties = ROWS.filter(({ effect }) => effect === "full").map((option) => {
    const fallback = typeof option.default === "function" ? option.default(machine) : option.default;
    return [configKey(option.name), values.get(option.name) ?? fallback] as const;
  });
  return Object.fromEntries(properties) as Config;
}

/** Whoever names no queue at all gets the four general ones; `hosts=no` already names one. */
function defaultQueues({ values }: Draft): Partial<Config> {
  const isNamed = ({ name, isQueue }: WorkerOption) => {
    const value = values.get(name);
    return isQueue === true && value !== undefined && !(Array.isArray(value) && value.length === 0);
  };
  if (ROWS.some(isNamed)) return {};
  return { hosts: true, services: true, eventhandler: true, notifications: true };
}

/** The Go worker's limits by CPU, only where asked for. A limit of 0 that was written is one: none. */
function loadLimits({ loadCpuMulti }: Config, { values }: Draft, { cpus }: Machine): Partial<Config> {
  if (loadCpuMulti === 0) return {};
  const missing = LOAD_LIMITS.filter((name) => !values.has(name));
  return Object.fromEntries(missing.map((name) => [configKey(name), loadCpuMulti * cpus]));
}

function hasQueue(config: Config): boolean {
  const { hosts, services, eventhandler, notifications, hostgroups, servicegroups } = config;
  return hosts || services || eventhandler || notifications || hostgroups.length + servicegroups.length > 0;
}

/** They are looked for again and again, as one may be made later. A mistyped one would look the same. */
function findMissingFolders({ pluginPath }: Config, machine: Machine): readonly Remark[] {
  return pluginPath.flatMap((folder) => {
    try {
      return machine.stat(folder).isDirectory() ? [] : [warning(`plugin_path: ${folder} is no folder`)];
    } catch (cause) {
      return [warning(`plugin_path: could not open ${folder}: ${systemReason(cause)}`)];
    }
  });
}

function freeze(config: Config): Config {
  for (const value of Object.values(config)) {
    if (Array.isArray(value)) value.forEach(Object.freeze);
    Object.freeze(value);
  }
  return Object.freeze(config);
}
