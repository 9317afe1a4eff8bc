import type { Setting, SettingValue, SettingValues } from "../../../sdk/setting.ts";
import type { Config } from "../config.ts";
import { error, type Problem, type Remark, warning } from "../problem.ts";
import type { Draft } from "../read/draft.ts";
import type { Completed, CompletionContext } from "../table.ts";
import { completeTls, type Secured } from "../tls/complete-tls.ts";
import { type ValuesOf, withDefaults } from "../values.ts";
import { findAcceptedKeys, findDupserverKey, findKey, findKeysOfNobody, findServerKeys } from "./key.ts";
import { LOAD_LIMITS, loadLimits } from "./load-limits.ts";
import { findMissingFolders, findOccupied } from "./missing-folders.ts";
import { affordableSlots, tooFewFiles } from "./open-files.ts";
import { WORKER_OPTIONS, type WorkerOption } from "./options.ts";
import { findUnclearRights } from "./queue-rights.ts";
import { defaultQueues, findUnknownQueues, hasQueue } from "./queues.ts";
import { findUnclearRestriction, pluginEnvironmentOf } from "./restrictions.ts";
import { findUnsafe } from "./unsafe.ts";

/** What differs between the programs that read worker.conf. */
export interface WorkerRules {
  readonly settings: readonly Setting[];
  /** It takes jobs from job servers: it needs a server, a queue, and a key unless encryption is off. */
  readonly takesJobs: boolean;
}

/** A program that takes no jobs connects to none, and needs no certificate. */
const NO_SERVERS: Secured = { server: [], dupserver: [] };

/** Fills in what follows from other options and checks the whole, in the words of the C worker. */
export function completeConfig(
  draft: Draft,
  context: CompletionContext,
  rules: WorkerRules,
): Completed<Config> {
  const { machine, report } = context;
  const reportAt = (name: WorkerOption["name"]) => (remark: Remark) =>
    report({ ...remark, ...draft.origins.get(name)?.at(-1) });
  const written = withRules(withDefaults(WORKER_OPTIONS, draft, machine), draft, rules);
  const maxWorker = affordableSlots(written.maxWorker, machine.openFiles);
  const given = { ...written, maxWorker };
  const config: Config = {
    ...given,
    ...defaultQueues(draft),
    ...loadLimits(given, draft, machine),
    // Above 2 the C worker writes to the terminal, and in the background there is none.
    debug: given.daemon ? Math.min(given.debug, 2) : given.debug,
    minWorker: Math.min(given.minWorker, given.maxWorker),
    key: findKey({ ...given, isUnclear: isKeyUnclear(draft) }, machine, reportAt("keyfile")),
    pluginEnvironment: pluginEnvironmentOf(given),
    acceptedKey: findAcceptedKeys(given, { machine, report: reportAt("accepted_keyfile") }),
    serverKey: findServerKeys(given, { machine, report: reportAt("server_keyfile") }),
    dupserverKey: findDupserverKey(given, { machine, report: reportAt("dupserver_keyfile") }),
    settings: settingValues(rules.settings, draft),
    ...(rules.takesJobs ? completeTls(written, draft, context) : NO_SERVERS),
  };
  if (maxWorker < written.maxWorker && rules.takesJobs)
    reportAt("max-worker")(tooFewFiles(written.maxWorker, machine.openFiles));
  if (written.minWorker > written.maxWorker) {
    const message = `min-worker ${given.minWorker} is more than max-worker ${maxWorker}, using ${maxWorker}`;
    reportAt("min-worker")(warning(message));
  }
  const hasFile = config.logmode !== "stdout" && config.logfile !== undefined;
  if (config.daemon && config.logmode !== "syslog" && !hasFile) {
    reportAt("daemon")(warning("in the background nothing is logged without a log file", "logfile=FILE"));
  }
  // The lines of a list cannot be told apart any more.
  const file = draft.origins.get("plugin_path")?.at(-1)?.file;
  for (const remark of findMissingFolders("plugin_path", config.pluginPath, machine))
    report({ ...remark, ...(file !== undefined && { file }) });
  const { secretDir, resultSpool } = config;
  for (const remark of resultSpool === undefined ? [] : findOccupied("result_spool", resultSpool, machine))
    reportAt("result_spool")(remark);
  for (const remark of findMissingFolders("secret_dir", secretDir === undefined ? [] : [secretDir], machine))
    reportAt("secret_dir")(remark);
  const unclear = findUnclearRestriction(config);
  if (unclear !== undefined) reportAt(unclear.name)(unclear.remark);
  if (rules.takesJobs) {
    checkJobServers(config, draft, report);
    findFaults(config, written, draft).forEach(({ name, remark }) => {
      reportAt(name)(remark);
    });
  }
  return { config, derived: findDerived(config, draft) };
}

function findFaults(config: Config, written: ValuesOf<WorkerOption>, { failed }: Draft) {
  return [
    ...findKeysOfNobody(config),
    ...findUnknownQueues(config),
    ...findUnclearRights(config),
    // Where values cannot be read nothing starts, and what is unsafe is not known.
    ...(failed.size > 0 ? [] : findUnsafe(config, written)),
  ];
}

/** A program that takes no jobs needs no key, unless a file or an argument says that there is encryption. */
function withRules(
  given: ValuesOf<WorkerOption>,
  { values }: Draft,
  { takesJobs }: WorkerRules,
): ValuesOf<WorkerOption> {
  return takesJobs || values.has("encryption") ? given : { ...given, encryption: false };
}

function settingValues(settings: readonly Setting[], { values }: Draft): SettingValues {
  return new Map(
    settings.map((setting) => {
      // The value was read by the kind of its setting.
      const written = values.get(setting.name) as SettingValue;
      return [setting, written ?? setting.default] as const;
    }),
  );
}

function isKeyUnclear({ failed }: Draft): boolean {
  return ["encryption", "key", "keyfile"].some((name) => failed.has(name));
}

function checkJobServers(config: Config, { failed }: Draft, report: (problem: Problem) => void): void {
  if (config.server.length === 0 && !failed.has("server")) {
    report(error("please specify at least one server", "server=localhost:4730"));
  }
  if (!hasQueue(config)) report(error("starting worker without any queues is useless", "services=yes"));
}

function findDerived(config: Config, { values }: Draft): ReadonlyMap<string, string> {
  const derived = new Map<WorkerOption["name"], WorkerOption["name"]>();
  if (config.encryption && config.keyfile !== undefined) derived.set("key", "keyfile");
  if (config.encryption && config.acceptedKeyfile.length > 0) derived.set("accepted_key", "accepted_keyfile");
  if (config.encryption && config.serverKeyfile.length > 0) derived.set("server_key", "server_keyfile");
  if (config.encryption && config.dupserverKeyfile !== undefined)
    derived.set("dupserver_key", "dupserver_keyfile");
  if (config.loadCpuMulti > 0) {
    for (const limit of LOAD_LIMITS) if (!values.has(limit)) derived.set(limit, "load_cpu_multi");
  }
  return derived;
}
