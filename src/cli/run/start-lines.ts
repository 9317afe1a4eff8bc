import { userInfo } from "node:os";
import { fromByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import { renderServer } from "../../config/kinds/lists.ts";
import { renderLimits } from "../../config/kinds/plugin-limits.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { queueRightsOf } from "../../config/worker/queue-rights.ts";
import { queueNames } from "../../job/queues.ts";

/** What the log says first: what an operator would ask before anything else. Nothing of it is secret. */
export function startLines({ config, origins }: LoadedConfig<Config>, version: string): readonly string[] {
  const { node } = process.versions;
  const identifier = fromByteString(config.identifier);
  const stage = config.stage === undefined ? "" : `, stage ${fromByteString(config.stage)}`;
  const slots = `${config.minWorker} to ${config.maxWorker}`;
  const queues = queueNames(config).map(fromByteString).join(", ");
  return [
    `omd-worker ${version}, Node.js ${node}, identifier ${identifier}${stage}, user ${userName()}`,
    `configuration: ${configFiles(origins).join(", ") || "nothing but defaults"}`,
    `servers: ${listServers(config.server)}${dupservers(config)}`,
    `queues: ${queues || "none"}`,
    `slots: ${slots}; native checks: ${native(config)}; warm plugins: ${warm(config)}`,
    ...listRights(config),
  ];
}

/** A line for queues whose plugins run in another way than the worker. */
function listRights(config: Config): readonly string[] {
  const named = queueNames(config).flatMap((queue) => {
    const { user, limits = [] } = queueRightsOf(config, queue) ?? {};
    const as = [
      ...(user === undefined ? [] : [`as ${user}`]),
      ...(limits.length === 0 ? [] : [`with ${renderLimits(limits)}`]),
    ];
    return as.length === 0 ? [] : [`${fromByteString(queue)} ${as.join(" ")}`];
  });
  return named.length === 0 ? [] : [`plugins of queues: ${named.join("; ")}`];
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.()); // it has no entry in passwd
  }
}

/** Where something in use was written: files, the command line, variables. */
function configFiles(origins: LoadedConfig<Config>["origins"]): readonly string[] {
  const files = [...origins.values()].flatMap((all) => all.map(({ file }) => file));
  return [...new Set(files)];
}

function listServers(all: Config["server"]): string {
  return all.map(renderServer).join(", ");
}

function dupservers({ dupserver }: Config): string {
  return dupserver.length === 0 ? "" : `; copies of results to ${listServers(dupserver)}`;
}

function native({ nativeChecks, shadowShare }: Config): string {
  return nativeChecks === "shadow" ? `shadow, ${shadowShare} % of the jobs are compared` : nativeChecks;
}

function warm({ enableEmbeddedPerl, warmPython, warmMax }: Config): string {
  const languages = [...(enableEmbeddedPerl ? ["Perl"] : []), ...(warmPython === "off" ? [] : ["Python"])];
  return languages.length === 0 || warmMax === 0 ? "none" : `${languages.join(", ")}, at most ${warmMax}`;
}
