/** By what right a target is asked. Texts are Unicode here, as net-snmp wants them. Never to be logged. */
export type Access = CommunityAccess | UserAccess;

export interface CommunityAccess {
  readonly version: "1" | "2c";
  readonly community: string;
}

export interface UserAccess {
  readonly version: "3";
  readonly user: string;
  readonly level: Level;
  readonly context: string;
  /** The names are net-snmp's. */
  readonly authentication?: { readonly protocol: string; readonly password: string };
  readonly privacy?: { readonly protocol: string; readonly password: string };
}

export type Level = "noAuthNoPriv" | "authNoPriv" | "authPriv";

/** The options they are read from, as given. */
export interface AccessOptions {
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

/** snmpget's names, and net-snmp's for the same. */
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

/** Without DES, which Node no longer has, and AES-192, which net-snmp lacks. */
const PRIVACY: Readonly<Record<string, string>> = {
  AES: "aes",
  AES128: "aes",
  "AES-128": "aes",
  AES256: "aes256b",
  "AES-256": "aes256b",
  AES256C: "aes256r",
  "AES-256-C": "aes256r",
};

/** Shorter ones snmpget refuses. */
const MIN_PASSWORD = 8;
const MAX_USER = 32;

/** Undefined where the plugin or snmpget would complain, or do something we cannot. */
export function readAccess(options: AccessOptions): Access | undefined {
  const { protocol } = options;
  if (protocol === "3") return readUserAccess(options);
  if (protocol !== "1" && protocol !== "2c") return undefined;
  const community = readUnicode(options.community);
  return community === undefined ? undefined : { version: protocol, community };
}

function readUserAccess(options: AccessOptions): UserAccess | undefined {
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
  const protocol = Object.hasOwn(names, name) ? names[name] : undefined;
  const password = readUnicode(text);
  if (protocol === undefined || password === undefined || password.length < MIN_PASSWORD) return undefined;
  return { protocol, password };
}

/** Bytes that are no UTF-8 would not arrive as they are; net-snmp takes an empty text for none. */
function readUnicode(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  const unicode = Buffer.from(text, "latin1").toString("utf8");
  return Buffer.from(unicode, "utf8").toString("latin1") === text ? unicode : undefined;
}
