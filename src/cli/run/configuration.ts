import type { Config } from "../../config/config.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { ConfigError, renderForLog } from "../../config/problem.ts";
import type { Sources } from "../../config/read/sources.ts";
import type { WorkerLog } from "../../log.ts";
import type { Io } from "../io.ts";
import { loadWorkerConf } from "../worker-conf.ts";

/** Reads the configuration of a worker that is to run. Throws a ConfigError. */
export function loadForRun(argv: readonly string[], io: Io, sources: Sources): LoadedConfig<Config> {
  const loaded = loadWorkerConf(argv, io, sources);
  if (loaded.wants !== "run")
    throw new ConfigError([{ severity: "error", message: `${loaded.wants} must be the only word` }]);
  return loaded;
}

/** The file of the log. Undefined: it goes to standard output or to syslog. */
export function logFile({ config: { logmode, logfile } }: LoadedConfig<Config>): string | undefined {
  return logmode === "stdout" || logmode === "syslog" ? undefined : logfile;
}

/** Tells what the configuration has that an operator may want to mend. */
export function reportConfig({ warnings, withoutEffect }: LoadedConfig<Config>, log: WorkerLog): void {
  for (const warning of warnings) log.warn(renderForLog(warning));
  for (const { name } of withoutEffect) log.debug(`option ${name} has no effect in this worker`);
}

/** The configuration of a worker as it is now, and how the log follows it. */
export class CurrentConfiguration {
  readonly #argv: readonly string[];
  readonly #io: Io;
  readonly #sources: Sources;
  readonly #log: WorkerLog;
  /** Of the start. */
  readonly #hasFile: boolean;
  #loaded: LoadedConfig<Config>;

  constructor(
    loaded: LoadedConfig<Config>,
    { argv, io, sources, log }: { argv: readonly string[]; io: Io; sources: Sources; log: WorkerLog },
  ) {
    this.#loaded = loaded;
    this.#hasFile = logFile(loaded) !== undefined;
    this.#argv = argv;
    this.#io = io;
    this.#sources = sources;
    this.#log = log;
  }

  get loaded(): LoadedConfig<Config> {
    return this.#loaded;
  }

  /** Reads it again. Throws if it cannot be used; the one before stays. */
  readAgain(): LoadedConfig<Config> {
    const read = loadForRun(this.#argv, this.#io, this.#sources);
    this.#reopenLog(logFile(read));
    this.#log.setDebug(read.config.debug);
    reportConfig(read, this.#log);
    this.#loaded = read;
    return read;
  }

  #reopenLog(file: string | undefined): void {
    this.#log.reopen(file);
    if (this.#hasFile !== (file !== undefined))
      this.#log.warn("the log goes from standard output to a file, or back, at the next start only");
  }
}
