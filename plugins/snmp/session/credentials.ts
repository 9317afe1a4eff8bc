/**
 * What an agent is asked with: a community, or a user and passwords. Texts are Unicode here, as net-snmp
 * wants them. Never log them.
 */
export type Credentials = CommunityCredentials | UserCredentials;

export interface CommunityCredentials {
  readonly version: "1" | "2c";
  readonly community: string;
}

export interface UserCredentials {
  readonly version: "3";
  readonly user: string;
  readonly level: Level;
  readonly context: string;
  /** The protocols have net-snmp's names. */
  readonly authentication?: { readonly protocol: string; readonly password: string };
  readonly privacy?: { readonly protocol: string; readonly password: string };
}

export type Level = "noAuthNoPriv" | "authNoPriv" | "authPriv";

/** The options of check_snmp that tell the credentials, as they were given. */
export interface CredentialOptions {
  readonly protocol: string;
  readonly community: string;
  readonly context: string | undefined;
  readonly secname: string | undefined;
  readonly seclevel: string;
  readonly authproto: string;
  readonly authpasswd: string | undefined;
  readonly privproto: string;
  readonly privpasswd: string | undefined;
}

/** snmpget's name of an algorithm, in any case of letters → net-snmp's name. */
const AUTHENTICATION: Readonly<Record<string, string>> = {
  MD5: "md5",
  SHA: "sha",
  SHA1: "sha",
  "SHA-1": "sha",
  SHA224: "sha224",
  "SHA-224": "sha224",
  SHA256: "sha256",
  "SHA-256": "sha256",
  SHA384: "sha384",
  "SHA-384": "sha384",
  SHA512: "sha512",
  "SHA-512": "sha512",
};

/** `addPrivacy` adds DES and AES-192 to net-snmp. */
const PRIVACY: Readonly<Record<string, string>> = {
  DES: "des",
  AES: "aes",
  AES128: "aes",
  "AES-128": "aes",
  AES192: "aes192b",
  "AES-192": "aes192b",
  AES192C: "aes192r",
  "AES-192-C": "aes192r",
  AES256: "aes256b",
  "AES-256": "aes256b",
  AES256C: "aes256r",
  "AES-256-C": "aes256r",
};

/** snmpget refuses shorter passwords. */
const MIN_PASSWORD = 8;
const MAX_USER = 32;

/** Undefined where the plugin or snmpget would complain, or do something this process cannot do. */
export function readCredentials(options: CredentialOptions): Credentials | undefined {
  const { protocol } = options;
  if (protocol === "3") return readUserCredentials(options);
  if (protocol !== "1" && protocol !== "2c") return undefined;
  const community = readUnicode(options.community);
  return community === undefined ? undefined : { version: protocol, community };
}

function readUserCredentials(options: CredentialOptions): UserCredentials | undefined {
  const { seclevel: level } = options;
  const user = readUnicode(options.secname);
  const context = options.context === undefined ? "" : readUnicode(options.context);
  if (user === undefined || user.length > MAX_USER || context === undefined) return undefined;
  const anyone = { version: "3", user, context } as const;
  if (level === "noAuthNoPriv") return { ...anyone, level };
  const authentication = readSecret(AUTHENTICATION, options.authproto, options.authpasswd);
  if (authentication === undefined) return undefined;
  if (level === "authNoPriv") return { ...anyone, level, authentication };
  const privacy = readSecret(PRIVACY, options.privproto, options.privpasswd);
  if (privacy === undefined || level !== "authPriv") return undefined;
  return { ...anyone, level, authentication, privacy };
}

function readSecret(names: Readonly<Record<string, string>>, name: string, text: string | undefined) {
  const upper = name.toUpperCase();
  const protocol = Object.hasOwn(names, upper) ? names[upper] : undefined;
  const password = readUnicode(text);
  if (protocol === undefined || password === undefined || password.length < MIN_PASSWORD) return undefined;
  return { protocol, password };
}

/**
 * Undefined for bytes that are not UTF-8, which could not be sent unchanged, and for an empty text, which
 * net-snmp ignores.
 */
function readUnicode(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  const unicode = Buffer.from(text, "latin1").toString("utf8");
  return Buffer.from(unicode, "utf8").toString("latin1") === text ? unicode : undefined;
}
