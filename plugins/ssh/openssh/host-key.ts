import { CheckDeclined } from "../../../sdk/index.ts";
import type { SshDestination } from "./destination.ts";
import { SshFailure, type StderrLine, stderrLine } from "./failure.ts";
import type { Files } from "./files.ts";
import { findHostKeys, type HostKey, type HostKeys } from "./known-hosts.ts";

/** What known_hosts says about a destination's host. */
export interface KnownHost {
  readonly keys: HostKeys;
  /** The keys of the name without the port, where ssh looks that up too. */
  readonly portless: HostKeys | undefined;
}

export async function readKnownHost(destination: SshDestination, files: Files): Promise<KnownHost> {
  const paths = [...destination.userKnownHosts, ...destination.globalKnownHosts];
  const texts = paths.map((path) => files.read(path)?.text ?? "");
  const keys = await findHostKeys(texts, destination.knownAs);
  if (keys.hasAuthority) throw new CheckDeclined("a certificate authority is trusted for the host");
  const { alsoKnownAs } = destination;
  return { keys, portless: alsoKnownAs === undefined ? undefined : await findHostKeys(texts, alsoKnownAs) };
}

/**
 * Decides whether a server with this key is trusted. Returns the lines ssh prints if it is. Throws an
 * SshFailure where ssh ends, and a CheckDeclined where ssh would ask, write to known_hosts or print a long
 * warning.
 */
export function judgeHostKey(
  key: HostKey,
  { keys, portless }: KnownHost,
  destination: SshDestination,
): readonly StderrLine[] {
  if (isAmong(key, keys.revoked)) throw new CheckDeclined("the host key is revoked");
  if (isAmong(key, keys.keys)) return [];
  if (keys.keys.length > 0) throw new CheckDeclined("other host keys are known than the server's");
  if (portless !== undefined && isAmong(key, portless.keys) && !isAmong(key, portless.revoked)) return [];
  return judgeNewHost(key, destination);
}

function isAmong({ blob }: HostKey, keys: readonly HostKey[]): boolean {
  return keys.some((each) => each.blob.equals(blob));
}

function judgeNewHost(
  { type }: HostKey,
  { strictness, userKnownHosts, knownAs }: SshDestination,
): readonly StderrLine[] {
  switch (strictness) {
    case "ask":
      throw new CheckDeclined("ssh would ask whether to trust the host key");
    case "yes":
      throw new SshFailure([
        stderrLine(
          "error",
          `No ${nameOf(type)} host key is known for ${knownAs} and you have requested strict checking.`,
        ),
        stderrLine("fatal", "Host key verification failed."),
      ]);
    case "new":
    case "no":
      // ssh would write the key to any other file, once.
      if (userKnownHosts[0] !== "/dev/null")
        throw new CheckDeclined("the host key is to be added to known_hosts");
      return [
        stderrLine(
          "info",
          `Warning: Permanently added '${knownAs}' (${nameOf(type)}) to the list of known hosts.`,
        ),
      ];
  }
}

/** A key's type as ssh prints it. */
function nameOf(type: string): string {
  if (type.startsWith("ecdsa-")) return "ECDSA";
  return type.replace("ssh-", "").toUpperCase();
}
