import { basename } from "node:path";
import type { Config } from "../../config/config.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { createLog, type WorkerLog } from "../../log.ts";
import { LogTail } from "../../page/snapshot/log-tail.ts";
import { Syslog } from "../../system/syslog.ts";
import type { Io } from "../io.ts";
import { logFile } from "./configuration.ts";
import { hasPage } from "./serve-metrics.ts";

/** The log of a worker. Disposed of, all its lines are where they belong. */
export interface OpenedLog extends AsyncDisposable {
  readonly log: WorkerLog;
  /** The latest lines, for the status page. */
  readonly tail: LogTail | undefined;
}

/** Throws if the log file cannot be written. */
export function openLog(loaded: LoadedConfig<Config>, io: Io): OpenedLog {
  const { config } = loaded;
  const tail = hasPage(config) ? new LogTail() : undefined;
  const syslog = config.logmode === "syslog" ? openSyslog(config, io) : undefined;
  const log = createLog({
    debug: config.debug,
    file: logFile(loaded),
    format: config.logFormat,
    onLine: tail?.add,
    onto: syslog?.write,
  });
  return {
    log,
    tail,
    async [Symbol.asyncDispose]() {
      log.flush();
      await syslog?.[Symbol.asyncDispose]();
    },
  };
}

/** Without Perl the lines go to standard error. The socket is another one in tests. */
function openSyslog({ logFormat: format }: Config, io: Io): Syslog {
  const socket = io.env["OMD_SYSLOG_SOCKET"];
  return new Syslog({
    ident: programName(),
    format,
    without: (line) => io.stderr(`${line}\n`),
    ...(socket !== undefined && { socket }),
  });
}

/** As the program was called. Rules of a syslogd may name `mod_gearman_worker`, as the C worker is called. */
function programName(): string {
  return basename(process.argv[1] ?? "omd-worker").replace(/\.[jt]s$/, "");
}
