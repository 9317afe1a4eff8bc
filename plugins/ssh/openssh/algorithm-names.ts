/**
 * The names that every release of ssh of the last years knows. With a name it does not know ssh ends at once,
 * so a list with any other name is left to ssh.
 */
const NAMES = {
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group1-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "sntrup761x25519-sha512@openssh.com",
  ],
  cipher: [
    "3des-cbc",
    "aes128-cbc",
    "aes192-cbc",
    "aes256-cbc",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
  ],
  mac: ["hmac-md5", "hmac-sha1", "hmac-sha2-256", "hmac-sha2-512", "umac-64", "umac-128"].flatMap((name) =>
    name.startsWith("umac")
      ? [`${name}@openssh.com`, `${name}-etm@openssh.com`]
      : [name, `${name}-etm@openssh.com`],
  ),
  key: [
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-256",
    "rsa-sha2-512",
    "ssh-ed25519",
    "ssh-rsa",
  ].flatMap((name) => [name, `${name}-cert-v01@openssh.com`]),
} as const;

/** Keys on hardware. This process has none, so they are only known by name. */
const HARDWARE_KEYS = ["sk-ssh-ed25519", "sk-ecdsa-sha2-nistp256"].flatMap((name) => [
  `${name}@openssh.com`,
  `${name}-cert-v01@openssh.com`,
]);

const KEYS: readonly string[] = [...NAMES.key, ...HARDWARE_KEYS];

/** Matches a list of names after a `prefix`. */
function listOf(names: readonly string[], prefix: string): RegExp {
  const name = `(?:${names.map((each) => RegExp.escape(each)).join("|")})`;
  return new RegExp(`^${prefix}${name}(?:,${name})*$`);
}

/**
 * `+` adds to ssh's own list, and `^` puts names before it. What it takes away with `-` is left to ssh.
 */
export const KEX = listOf(NAMES.kex, "[+^]?");
export const CIPHERS = listOf(NAMES.cipher, "[+^]?");
export const MACS = listOf(NAMES.mac, "[+^]?");

/** With `^` the server may show another of its keys, which is left to ssh. */
export const HOST_KEYS = listOf(KEYS, "[+]?");

/** A list that refuses no usual key of a user: one with all of these, or one that adds to ssh's own. */
const USUAL_KEYS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];
const RSA_KEYS = ["rsa-sha2-256", "rsa-sha2-512"];
const ALL_USUAL = [...USUAL_KEYS, ...RSA_KEYS].map((name) => `(?=(?:.*,)?${name}(?:,|$))`).join("");
export const USER_KEYS = listOf(KEYS, `(?:[+]|${ALL_USUAL})`);
