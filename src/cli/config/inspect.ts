import { fromByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import { isLoopback } from "../../config/kinds/addresses.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import { error, type Problem, type Remark, warning } from "../../config/problem.ts";
import { readAccount } from "../../executor/confinement/account.ts";
import { SiteShelf } from "../../run/shelf.ts";
import { OWN_CHECKS } from "../own-checks.ts";
import { type Finding, findFileFaults, findFolderFaults } from "./inspect-files.ts";

/**
 * What is wrong with a configuration that can be read: on this machine, with the checks there are. The worker
 * would start with most of it, and do something else than its operator thinks.
 */
export async function inspectConfig({ config, origins }: LoadedConfig<Config>): Promise<readonly Problem[]> {
  const findings = [
    ...findEncryptionFaults(config),
    ...findFileFaults(config),
    ...findFolderFaults(config),
    ...findUnknownUsers(config),
    ...(await findCheckFaults(config)),
  ];
  return findings.map(({ option, remark }) => ({ ...remark, ...origins.get(option)?.at(-1) }));
}

/** The same where nothing but the configuration is known: neither this machine nor the site's own checks. */
export function inspectAlone({ config, origins }: LoadedConfig<Config>): readonly Problem[] {
  const names = config.pluginPath.length > 0 ? undefined : OWN_CHECKS.map(({ name }) => name);
  const findings = [
    ...findEncryptionFaults(config),
    ...(names === undefined ? [] : findUnknownChecks(config, names)),
  ];
  return findings.map(({ option, remark }) => ({ ...remark, ...origins.get(option)?.at(-1) }));
}

/** Of a server elsewhere without TLS the configuration itself warns, and so does the worker. */
function findEncryptionFaults({ encryption, server }: Config): readonly Finding[] {
  if (encryption || server.some(({ host, tls }) => tls === undefined && !isLoopback(host))) return [];
  const remark = warning("whoever reaches gearmand can run commands here", "encryption=yes");
  return [{ option: "encryption", remark }];
}

/** Whether this process may run plugins as them says little of the worker. The start and doctor try it. */
function findUnknownUsers({ queueUser }: Config): readonly Finding[] {
  const unknown = queueUser.filter(({ user }) => readAccount(user) === undefined);
  return unknown.map(({ user }) => {
    const remark = error(`queue_user: there is no user ${user} on this machine`, "useradd --system");
    return { option: "queue_user", remark };
  });
}

/** Loads the checks of the site, as only then is it known whether they can be loaded, and their names. */
async function findCheckFaults(config: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const find = (remark: Remark) => findings.push({ option: "plugin_path", remark });
  const log = {
    info() {},
    warn: (text: unknown) => find(warning(String(text))),
    error: (text: unknown) => find(error(String(text))),
  };
  await using shelf = new SiteShelf({ builtin: OWN_CHECKS, log });
  await shelf.open(config.pluginPath);
  const names = shelf.checks.map(({ name }) => name);
  return [...findings, ...findUnknownChecks(config, names)];
}

function findUnknownChecks(config: Config, names: readonly string[]): readonly Finding[] {
  return [
    ...findUnknownNames("native_checks_only", config.nativeChecksOnly, names),
    ...findUnknownNames("native_checks_except", config.nativeChecksExcept, names),
    ...findUnknownNames("native_checks_experimental", config.nativeChecksExperimental, names),
  ];
}

/** With a misspelt name in `native_checks_except` the check that was meant goes on answering. */
function findUnknownNames(
  option: string,
  given: readonly string[],
  known: readonly string[],
): readonly Finding[] {
  const unknown = given.filter((name) => !known.includes(name));
  return unknown.map((each) => {
    const name = fromByteString(each);
    const nearest = nearestWord(known, name.toLowerCase().replaceAll("_", "-"));
    const hint = nearest === undefined ? "see: omd-worker plugin list" : `did you mean ${nearest}?`;
    return { option, remark: warning(`${option} names ${name}, and no native check is called so`, hint) };
  });
}
