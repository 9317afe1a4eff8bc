import { join } from "node:path";
import { CheckDeclined } from "../../../sdk/index.ts";
import { readAccount } from "../../transport/account.ts";
import type { SshArguments } from "./arguments.ts";
import { readConfig } from "./config.ts";
import { type Account, resolveDestination, type SshDestination } from "./destination.ts";
import type { Files, Stamp } from "./files.ts";
import { listIdentityFiles } from "./identities.ts";
import { matchesAny } from "./pattern.ts";

/** What an ssh command line means, with the settings of files and of the environment. */
export interface Plan {
  readonly destination: SshDestination;
  /** The variables sent with a command. */
  readonly environment: Readonly<Record<string, string>>;
  /** Two plans with the same key and the same stamp may share a connection. */
  readonly key: string;
  /** The state of all files the plan depends on: ssh_config, identities and known_hosts. */
  readonly stamp: Stamp;
}

/** Throws a CheckDeclined where a file says something that is left to ssh. */
export type Planner = (ssh: SshArguments) => Plan;

/** A plan is kept with the arguments it was made for, as long as no file has changed. */
export function createPlanner(files: Files, account: Account = ownAccount(), env = process.env): Planner {
  const kept = new WeakMap<
    SshArguments,
    { readonly plan: Plan; readonly stamps: ReadonlyMap<string, Stamp> }
  >();
  return (ssh) => {
    const known = kept.get(ssh);
    if (known !== undefined && isUnchanged(known.stamps, files)) return known.plan;
    const { destination, stamps: configStamps } = findDestination(ssh, { account, files });
    checkIdentities(ssh.identities, account, files);
    const stampAll = (paths: readonly string[]) => new Map(paths.map((path) => [path, files.stamp(path)]));
    const keys = stampAll(eachOf(destination, listIdentityFiles));
    const knownHosts = stampAll(eachOf(destination, listKnownHosts));
    const stamps = new Map([...configStamps, ...keys, ...knownHosts]);
    const plan = {
      destination,
      environment: chooseEnvironment(destination.sendEnv, env),
      key: JSON.stringify([destination, ...stamps.keys()]),
      stamp: [...stamps.values()].join(),
    };
    kept.set(ssh, { plan, stamps });
    return plan;
  };
}

interface FoundDestination {
  readonly destination: SshDestination;
  readonly stamps: ReadonlyMap<string, Stamp>;
}

interface DestinationContext {
  readonly account: Account;
  readonly files: Files;
  /** The destination is a jump host. */
  readonly isJump?: boolean;
}

/** The policy of Red Hat's systems. */
const CRYPTO_POLICY = "/etc/crypto-policies/config";

function findDestination(
  ssh: SshArguments,
  { account, files, isJump = false }: DestinationContext,
): FoundDestination {
  const sources = { given: ssh.settings, file: ssh.configFile, host: ssh.host, home: account.home };
  const { settings, stamps } = readConfig(sources, files);
  const hasCryptoPolicy = files.stamp(CRYPTO_POLICY) !== "absent";
  const common = { ...ssh, settings, account, hasCryptoPolicy };
  const jump = readJump(settings.get("proxyjump")?.[0], ssh);
  if (jump === undefined) return { destination: resolveDestination({ ...common, jump }), stamps };
  if (isJump) throw new CheckDeclined("there is a jump host before a jump host");
  const found = findDestination(jump, { account, files, isJump: true });
  const destination = resolveDestination({ ...common, jump: found.destination });
  return { destination, stamps: new Map([...stamps, ...found.stamps]) };
}

/** The command line of the second ssh, which ssh starts for the jump host `[user@]host[:port]`. */
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

/** The files of the destination and of its jump host. */
function eachOf(
  destination: SshDestination,
  listFiles: (destination: SshDestination) => readonly string[],
): readonly string[] {
  return destination.jump === undefined
    ? listFiles(destination)
    : [...listFiles(destination), ...listFiles(destination.jump)];
}

function listKnownHosts({ userKnownHosts, globalKnownHosts }: SshDestination): readonly string[] {
  return [...userKnownHosts, ...globalKnownHosts];
}

/** The plugin runs ssh with LC_ALL=C, and Debian's ssh_config sends that variable to the server. */
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

function ownAccount(): Account {
  const { username, homedir } = readAccount();
  return { user: username, home: homedir, agent: process.env["SSH_AUTH_SOCK"] };
}
