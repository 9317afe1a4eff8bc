import type { ByteString } from "../../byte-string.ts";
import type { Account } from "./account.ts";

/** As whom plugins run, and what each of them may use. */
export interface Confinement {
  /** Undefined: they run as the worker does. */
  readonly account: Account | undefined;
  readonly limits: readonly ResourceLimit[];
}

/** A limit of setrlimit(2), by the name that prlimit(1) has for it. */
export interface ResourceLimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** Of util-linux. */
export const SETPRIV = "/usr/bin/setpriv";
const PRLIMIT = "/usr/bin/prlimit";
/** Of coreutils. */
const ENV = "/usr/bin/env";

/**
 * The words in front of a command that is to be confined. The programs replace themselves by the next one, so
 * no other process is there when the command runs. The limits come first: only root may raise them.
 *
 * - `--groups`: none of the worker's groups is left.
 * - `--inh-caps`: no capability is left where the worker has them without being root. With them go the
 *   ambient ones.
 * - `--no-new-privs`: sudo and setuid programs give no rights, so there is no way back.
 * - `env`: setpriv itself still has root's rights to files when it executes the next program, so it would
 *   find and start what the user may not even see.
 *
 * `variables` are assignments that only the command sees.
 */
export function confiningWords(
  { account, limits }: Confinement,
  variables: readonly ByteString[] = [],
): readonly ByteString[] {
  const limited =
    limits.length === 0
      ? []
      : [PRLIMIT, ...limits.map(({ name, soft, hard }) => `--${name}=${soft}:${hard}`), "--"];
  const ending = account === undefined && variables.length === 0 ? [] : [ENV, "--", ...variables];
  if (account === undefined) return [...limited, ...ending];
  const { uid, gid, groups } = account;
  return [
    ...limited,
    ...[SETPRIV, `--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(",")}`],
    ...["--inh-caps=-all", "--no-new-privs", "--"],
    ...ending,
  ];
}

/** Who the user is, as login(1) and systemd say it. */
export function identityOf({ account }: Confinement): readonly (readonly [name: string, value: string])[] {
  if (account === undefined) return [];
  const { name, home, shell } = account;
  return [
    ["HOME", home],
    ["LOGNAME", name],
    ["SHELL", shell],
    ["USER", name],
  ];
}

/** What the programs of `confiningWords`, and env after them, say when they cannot start the command. */
export const CANNOT_CONFINE =
  /^(?:setpriv|prlimit): failed to execute .*: ([^:\n]+)\n$|^\/usr\/bin\/env: .*: ([^:\n]+)\n$/s;
