import { BUILTIN_SETTINGS } from "../../../plugins/settings.ts";
import type { ConfigOption, Reload } from "../../../src/config/option.ts";
import { optionsOf } from "../../../src/config/table.ts";
import { workerGroups } from "../../../src/config/worker/options.ts";
import { object, type Schema } from "./json-schema.ts";

type UsedOption = ConfigOption & { readonly effect: "full" };

/**
 * What the templates ask of an option: how a change is taken over, what holds without it, or what to use in
 * its place.
 */
type ChartOption = { readonly reload: Reload; readonly default?: number } | { readonly use: string };

/** Options that the chart sets itself, with the value to use. */
const SET_BY_CHART: Readonly<Record<string, string>> = {
  server: "gearman.servers",
  dupserver: "gearman.dupservers",
  encryption: "gearman.encryption",
  key: "gearman.existingSecret",
  keyfile: "gearman.existingSecret",
  accepted_key: "gearman.acceptedKeys",
  accepted_keyfile: "gearman.acceptedKeys",
  server_key: "a release for each gearmand that has a key of its own",
  server_keyfile: "a release for each gearmand that has a key of its own",
  dupserver_key: "gearman.dupserverKey",
  dupserver_keyfile: "gearman.dupserverKey",
  tls: "gearman.tls.enabled",
  tls_ca_file: "gearman.tls.existingSecret",
  tls_certificate: "gearman.tls.existingSecret",
  tls_key: "gearman.tls.existingSecret",
  tls_server_name: "gearman.tls.serverName",
  hosts: "queues.hosts of the pool",
  services: "queues.services of the pool",
  eventhandler: "queues.eventhandler of the pool",
  notifications: "queues.notifications of the pool",
  hostgroups: "queues.hostgroups of the pool",
  servicegroups: "queues.servicegroups of the pool",
  secret_dir: "credentials.secretDir of the pool",
  prometheus_server: "metrics.port",
  reload_on_change: "configChange of the pool",
  identifier: "nothing, as it is the name of the pod",
  pidfile: "nothing, as a container runs one worker",
  daemon: "nothing, as a container stays in the foreground",
  logfile: "nothing, as the log goes to standard output",
  logmode: "nothing, as the log goes to standard output",
};

/** All options of worker.conf that have an effect of their own. */
function usedOptions(): readonly UsedOption[] {
  return optionsOf(workerGroups(BUILTIN_SETTINGS)).filter(
    (option): option is UsedOption => option.effect === "full",
  );
}

/**
 * `config` of a pool. What the chart sets itself may be anything here: a template refuses it, and says what
 * to use. A secret does not belong into a ConfigMap: where one is needed, the path of a file.
 */
export function workerConfigSchema(): Schema {
  return object(Object.fromEntries(usedOptions().map((option) => [option.name, optionSchema(option)])));
}

function optionSchema({ name, kind, help }: UsedOption): Schema {
  const use = SET_BY_CHART[name];
  if (use !== undefined) return { description: `Set by the chart: use ${use}` };
  const schema = kind.isSecret ? { type: "string", pattern: "^/[^#\\s]+$" } : kind.schema;
  return { description: help, ...schema };
}

export function chartOptions(): Readonly<Record<string, ChartOption>> {
  return Object.fromEntries(
    usedOptions().map(({ name, reload, default: fallback }): [string, ChartOption] => {
      const use = SET_BY_CHART[name];
      if (use !== undefined) return [name, { use }];
      return [name, typeof fallback === "number" ? { reload, default: fallback } : { reload }];
    }),
  );
}
