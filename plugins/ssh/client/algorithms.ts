import { CheckDeclined } from "../../../sdk/index.ts";
import type { AlgorithmKind, SshDestination } from "../openssh/destination.ts";
import type { HostKey, HostKeys } from "../openssh/known-hosts.ts";

/**
 * ssh's defaults, as far as the driver has them. Finite-field Diffie-Hellman is left out, because it would
 * hold up the event loop for 8 to 200 ms at a time. A server that knows nothing else is left to ssh.
 */
const DEFAULTS: Readonly<Record<AlgorithmKind, readonly string[]>> = {
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
  ],
  // In ssh's order, without certificates and hardware keys.
  serverHostKey: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ],
  // The fastest in Node comes first.
  cipher: [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "chacha20-poly1305@openssh.com",
  ],
  hmac: [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
  ],
};

/** What the driver has. With ssh-rsa, which is not among the defaults, a server signs with SHA-1. */
const KNOWN: typeof DEFAULTS = { ...DEFAULTS, serverHostKey: [...DEFAULTS.serverHostKey, "ssh-rsa"] };

type ChosenAlgorithms = Readonly<Record<AlgorithmKind | "compress", readonly string[]>>;

/** The algorithms to offer a server. Throws a CheckDeclined where ssh_config allows none of them. */
export function chooseAlgorithms(destination: SshDestination, { keys }: HostKeys): ChosenAlgorithms {
  const { algorithms } = destination;
  const choose = (kind: AlgorithmKind) => {
    const chosen = (algorithms[kind] ?? DEFAULTS[kind]).filter((name) => KNOWN[kind].includes(name));
    if (chosen.length === 0) throw new CheckDeclined(`ssh_config allows other algorithms: ${kind}`);
    return chosen;
  };
  return {
    kex: choose("kex"),
    serverHostKey: chooseHostKeys(choose("serverHostKey"), destination, keys),
    cipher: choose("cipher"),
    hmac: choose("hmac"),
    compress: ["none"],
  };
}

/**
 * Algorithms whose keys are known come first, because a server may have several keys. A plain list of
 * HostKeyAlgorithms stays in its own order.
 */
function chooseHostKeys(
  names: readonly string[],
  { algorithms, moreHostKeys }: SshDestination,
  keys: readonly HostKey[],
): readonly string[] {
  if (algorithms.serverHostKey !== undefined) return names;
  const more = moreHostKeys.filter((name) => KNOWN.serverHostKey.includes(name) && !names.includes(name));
  const types = keys.map(({ type }) => type);
  return orderHostKeys([...names, ...more], types);
}

function orderHostKeys(names: readonly string[], knownTypes: readonly string[]): readonly string[] {
  const isKnown = (name: string) => knownTypes.includes(name.startsWith("rsa-") ? "ssh-rsa" : name);
  return [...names.filter(isKnown), ...names.filter((name) => !isKnown(name))];
}
