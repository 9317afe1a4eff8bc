import { userInfo } from "node:os";
import { join } from "node:path";
import { CheckDeclined } from "../../../sdk/index.ts";
import type { SshArguments } from "./arguments.ts";
import { readConfig } from "./config.ts";
import { type Account, resolveTarget, type Target } from "./destination.ts";
import type { Files, Stamp } from "./files.ts";
import { listIdentityFiles } from "./identities.ts";
import { matchesAny } from "./pattern.ts";

/** An ssh command line together with all that files and the environment add to it. */
export interface Plan {
  readonly target: Target;
  /** The variables sent with a command. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same for two plans that may share a connection. */
  readonly key: string;
  /** The state of the known_hosts files. */
  readonly trust: Stamp;
}

/** Throws a CheckDeclined where only ssh knows what a file means. */
export type Planner = (ssh: SshArguments) => Plan;

/** Plans are kept with the arguments they were made for, as long as no file has changed. */
export function createPlanner(files: Files, account: Account = readAccount(), env = process.env): Planner {
  const kept = new WeakMap<
    SshArguments,
    { readonly plan: Plan; readonly stamps: ReadonlyMap<string, Stamp> }
  >();
  return (ssh) => {
    const known = kept.get(ssh);
    if (known !== undefined && isUnchanged(known.stamps, files)) return known.plan;
    const { target, stamps: configStamps } = findTarget(ssh, { account, files });
    checkIdentities(ssh.identities, account, files);
    const stampAll = (paths: readonly string[]) => new Map(paths.map((path) => [path, files.stamp(path)]));
    const keys = stampAll(eachOf(target, listIdentityFiles));
    const knownHosts = stampAll(eachOf(target, listKnownHosts));
    const plan = {
      target,
      environment: chooseEnvironment(target.sendEnv, env),
      key: JSON.stringify([target, ...keys.values()]),
      trust: [...knownHosts.values()].join(),
    };
    kept.set(ssh, { plan, stamps: new Map([...configStamps, ...keys, ...knownHosts]) });
    return plan;
  };
}

interface FoundTarget {
  readonly target: Target;
  readonly stamps: ReadonlyMap<string, Stamp>;
}

interface TargetSurroundings {
  readonly account: Account;
  readonly files: Files;
  /** It is on the way to another. */
  readonly isJump?: boolean;
}

function findTarget(ssh: SshArguments, { account, files, isJump = false }: TargetSurroundings): FoundTarget {
  const sources = { given: ssh.settings, file: ssh.configFile, host: ssh.host, home: account.home };
  const { settings, stamps } = readConfig(sources, files);
  const jump = readJump(settings.get("proxyjump")?.[0], ssh);
  if (jump === undefined) return { target: resolveTarget({ ...ssh, settings, account, jump }), stamps };
  if (isJump) throw new CheckDeclined("there is a jump host before a jump host");
  const found = findTarget(jump, { account, files, isJump: true });
  const target = resolveTarget({ ...ssh, settings, account, jump: found.target });
  return { target, stamps: new Map([...stamps, ...found.stamps]) };
}

/** The command line of the ssh that ssh starts for `[user@]host[:port]`. */
function readJump(text = "none", { configFile }: SshArguments): SshArguments | undefined {
  const [, user, host = "none", port] = /^(?:(.*)@)?([^@:]*)(?::(.*))?$/.exec(text) ?? [];
  if (host === "none") return undefined;
  const settings = [
    ...(user === undefined ? [] : [{ keyword: "user", words: [user] }]),
    ...(port === undefined ? [] : [{ keyword: "port", words: [port] }]),
  ];
  return { host, settings, identities: [], configFile, family: undefined, isQuiet: false };
}

function checkIdentities(paths: readonly string[], { home }: Account, files: Files): void {
  const isThere = (path: string) =>
    files.read(path.startsWith("~/") ? join(home, path.slice(2)) : path) !== undefined;
  if (!paths.every(isThere)) throw new CheckDeclined("a key named on the command line is not there");
}

function isUnchanged(stamps: ReadonlyMap<string, Stamp>, files: Files): boolean {
  for (const [path, stamp] of stamps) if (files.stamp(path) !== stamp) return false;
  return true;
}

/** Those of the target and of its jump host. */
function eachOf(target: Target, listFiles: (target: Target) => readonly string[]): readonly string[] {
  return target.jump === undefined ? listFiles(target) : [...listFiles(target), ...listFiles(target.jump)];
}

function listKnownHosts({ userKnownHosts, globalKnownHosts }: Target): readonly string[] {
  return [...userKnownHosts, ...globalKnownHosts];
}

/** The plugin runs ssh with LC_ALL=C, and Debian's ssh_config has it sent. */
function chooseEnvironment(
  patterns: readonly string[],
  env: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  if (patterns.length === 0) return {};
  const all = Object.entries({ ...env, LC_ALL: "C" });
  return Object.fromEntries(
    all.flatMap(([name, value = ""]) => (matchesAny(name, patterns) ? [[name, value]] : [])),
  );
}

function readAccount(): Account {
  const { username, homedir } = userInfo();
  return { user: username, home: homedir, agent: process.env["SSH_AUTH_SOCK"] };
}
