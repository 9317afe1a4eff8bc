import { CheckDeclined } from "../../../sdk/index.ts";
import type { Target } from "./destination.ts";
import { type Line, line, SshFailure } from "./failure.ts";
import type { Files } from "./files.ts";
import { findHostKeys, type HostKey, type HostKeys } from "./known-hosts.ts";

/** What is known of a target's host before its server has said a word. */
export interface KnownHost {
  readonly keys: HostKeys;
  /** The same without the port, where ssh looks there too. */
  readonly portless: HostKeys | undefined;
}

export async function readKnownHost(target: Target, files: Files): Promise<KnownHost> {
  const paths = [...target.userKnownHosts, ...target.globalKnownHosts];
  const texts = paths.map((path) => files.read(path)?.text ?? "");
  const keys = await findHostKeys(texts, target.knownAs);
  if (keys.hasAuthority) throw new CheckDeclined("a certificate authority is trusted for the host");
  const { alsoKnownAs } = target;
  return { keys, portless: alsoKnownAs === undefined ? undefined : await findHostKeys(texts, alsoKnownAs) };
}

/**
 * May the server with this key be trusted? Gives what ssh prints on the way. Throws an SshFailure where ssh ends, and a
 * CheckDeclined where it would ask, write to known_hosts or warn at length.
 */
export function judgeHostKey(key: HostKey, { keys, portless }: KnownHost, target: Target): readonly Line[] {
  if (isAmong(key, keys.revoked)) throw new CheckDeclined("the host key is revoked");
  if (isAmong(key, keys.keys)) return [];
  if (keys.keys.length > 0) throw new CheckDeclined("other host keys are known than the server's");
  if (portless !== undefined && isAmong(key, portless.keys) && !isAmong(key, portless.revoked)) return [];
  return judgeNewHost(key, target);
}

/** Would a connection that was made when known_hosts said something else be made like this now? */
export async function isStillTrusted(
  hostKey: HostKey | undefined,
  target: Target,
  files: Files,
): Promise<boolean> {
  if (hostKey === undefined || target.jump !== undefined) return false;
  try {
    return judgeHostKey(hostKey, await readKnownHost(target, files), target).length === 0;
  } catch {
    return false;
  }
}

function isAmong({ blob }: HostKey, keys: readonly HostKey[]): boolean {
  return keys.some((each) => each.blob.equals(blob));
}

function judgeNewHost({ type }: HostKey, { strictness, userKnownHosts, knownAs }: Target): readonly Line[] {
  switch (strictness) {
    case "ask":
      throw new CheckDeclined("ssh would ask whether to trust the host key");
    case "yes":
      throw new SshFailure([
        line(
          "error",
          `No ${nameOf(type)} host key is known for ${knownAs} and you have requested strict checking.`,
        ),
        line("fatal", "Host key verification failed."),
      ]);
    case "new":
    case "no":
      // Into any other file ssh would write it, once.
      if (userKnownHosts[0] !== "/dev/null")
        throw new CheckDeclined("the host key is to be added to known_hosts");
      return [
        line("info", `Warning: Permanently added '${knownAs}' (${nameOf(type)}) to the list of known hosts.`),
      ];
  }
}

/** As ssh prints a key's type. */
function nameOf(type: string): string {
  if (type.startsWith("ecdsa-")) return "ECDSA";
  return type.replace("ssh-", "").toUpperCase();
}
