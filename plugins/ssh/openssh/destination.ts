import { isIP } from "node:net";
import { join } from "node:path";
import { CheckDeclined } from "../../../sdk/index.ts";
import type { Settings } from "./config.ts";
import { nameInKnownHosts } from "./known-hosts.ts";

/** The user who runs this process, as ssh sees it. */
export interface Account {
  readonly user: string;
  /** The directory in the password file. ssh does not read $HOME. */
  readonly home: string;
  /** The value of $SSH_AUTH_SOCK. */
  readonly agent: string | undefined;
}

export type AlgorithmKind = "kex" | "serverHostKey" | "cipher" | "hmac";

/** What ssh may print: nothing, fatal errors, all errors, or warnings and banners too. */
export type Verbosity = "quiet" | "fatal" | "error" | "info";

/**
 * Where to connect, and everything that decides how. ssh's manual calls the host and user its destination.
 */
export interface SshDestination {
  readonly host: string;
  readonly port: number;
  readonly family: 0 | 4 | 6;
  readonly user: string;
  /** The name in known_hosts. */
  readonly knownAs: string;
  /** The name without the port, which ssh looks up in known_hosts too. */
  readonly alsoKnownAs: string | undefined;
  readonly strictness: "yes" | "ask" | "new" | "no";
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly identities: readonly string[];
  readonly identitiesOnly: boolean;
  readonly agent: string | undefined;
  readonly isBatch: boolean;
  readonly verbosity: Verbosity;
  /** Seconds until the connection is made and the server's first line is there. */
  readonly connectTimeout: number | undefined;
  /** Seconds after which ssh treats a silent server as dead. */
  readonly deadAfter: number | undefined;
  /** The names ssh_config allows. Undefined: ssh's defaults, and perhaps more. */
  readonly algorithms: Readonly<Record<AlgorithmKind, readonly string[] | undefined>>;
  /** Kinds of host keys that are allowed besides ssh's defaults. */
  readonly moreHostKeys: readonly string[];
  /** A key of the user may sign with SHA-1, for a server that knows nothing better. */
  readonly allowsSha1: boolean;
  /** Bits an RSA key must have. */
  readonly minRsaBits: number;
  /** ssh may log in with a ticket of Kerberos. */
  readonly triesGssapi: boolean;
  readonly sendEnv: readonly string[];
  /** `ControlPath none` asks for a new connection. A path may lead to a connection that exists already. */
  readonly control: "none" | "path" | undefined;
  /** The host of ProxyJump, through which the connection leads. */
  readonly jump: SshDestination | undefined;
}

export interface DestinationSources {
  readonly settings: Settings;
  readonly host: string;
  /** `-4`, `-6`. */
  readonly family: 4 | 6 | undefined;
  /** `-q`. */
  readonly isQuiet: boolean;
  readonly account: Account;
  readonly jump: SshDestination | undefined;
  /** A policy of this machine may forbid SHA-1, which Node's own OpenSSL does not know of. */
  readonly hasCryptoPolicy: boolean;
}

const USER_KNOWN_HOSTS = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
const GLOBAL_KNOWN_HOSTS = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];
/** The default identity files, in the order ssh tries them. */
const IDENTITIES = ["rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "xmss", "dsa"].map(
  (kind) => `~/.ssh/id_${kind}`,
);

/** What ssh asks of RSA keys without RequiredRSASize. */
const MIN_RSA_BITS = 1_024;

const FAMILIES: Readonly<Record<string, 0 | 4 | 6>> = { any: 0, inet: 4, inet6: 6 };
const STRICTNESS: Readonly<Record<string, SshDestination["strictness"]>> = {
  yes: "yes",
  true: "yes",
  ask: "ask",
  "accept-new": "new",
  no: "no",
  false: "no",
  off: "no",
};
const VERBOSITIES: Readonly<Record<string, Verbosity>> = {
  QUIET: "quiet",
  FATAL: "fatal",
  ERROR: "error",
  INFO: "info",
};

/** Tells what settings mean for a connection. Throws a CheckDeclined for what is left to ssh. */
export function resolveDestination({
  settings,
  host: asked,
  family,
  isQuiet,
  account,
  jump,
  hasCryptoPolicy,
}: DestinationSources): SshDestination {
  const first = (keyword: string) => settings.get(keyword)?.[0];
  const isOn = (keyword: string) => /^(?:yes|true)$/.test(first(keyword) ?? "");
  const numberOf = (keyword: string) => (settings.has(keyword) ? Number(first(keyword)) : undefined);
  const port = readPort(first("port"));
  const host = readHost((first("hostname") ?? "%h").replaceAll("%h", asked));
  const alias = first("hostkeyalias");
  const user = first("user") ?? account.user;
  const expand = createExpansion(
    { "%": "%", h: host, n: asked, p: `${port}`, r: user, d: account.home, u: account.user },
    account,
  );
  return {
    host,
    port,
    family: family ?? FAMILIES[first("addressfamily") ?? "any"] ?? 0,
    user,
    knownAs: alias ?? nameInKnownHosts(host, port),
    alsoKnownAs: alias === undefined && port !== 22 ? host : undefined,
    strictness: STRICTNESS[first("stricthostkeychecking") ?? "ask"] ?? "ask",
    userKnownHosts: listFiles(settings.get("userknownhostsfile") ?? USER_KNOWN_HOSTS, expand),
    globalKnownHosts: listFiles(settings.get("globalknownhostsfile") ?? GLOBAL_KNOWN_HOSTS, expand),
    identities: [...new Set(settings.get("identityfile") ?? IDENTITIES)].map(expand),
    identitiesOnly: isOn("identitiesonly"),
    agent: readAgent(first("identityagent"), account, expand),
    isBatch: isOn("batchmode"),
    verbosity: isQuiet ? "quiet" : (VERBOSITIES[(first("loglevel") ?? "INFO").toUpperCase()] ?? "info"),
    connectTimeout: numberOf("connecttimeout") || undefined,
    deadAfter: readDeadAfter(numberOf("serveraliveinterval"), numberOf("serveralivecountmax")),
    ...readAlgorithms(first, hasCryptoPolicy),
    minRsaBits: numberOf("requiredrsasize") ?? MIN_RSA_BITS,
    triesGssapi: isOn("gssapiauthentication"),
    sendEnv: [...new Set(settings.get("sendenv"))],
    control: readControl(first("controlpath")),
    jump,
  };
}

function readAlgorithms(
  first: (keyword: string) => string | undefined,
  hasCryptoPolicy: boolean,
): Pick<SshDestination, "algorithms" | "moreHostKeys" | "allowsSha1"> {
  const isPermitted = (name: string) => !(hasCryptoPolicy && name === "ssh-rsa");
  const hostKeys = first("hostkeyalgorithms");
  const userKeys = first("pubkeyacceptedalgorithms") ?? "";
  return {
    algorithms: {
      kex: readAllowed(first("kexalgorithms")),
      serverHostKey: readAllowed(hostKeys)?.filter(isPermitted),
      cipher: readAllowed(first("ciphers")),
      hmac: readAllowed(first("macs")),
    },
    moreHostKeys: readMore(hostKeys).filter(isPermitted),
    allowsSha1: userKeys.split(/[+,]/).includes("ssh-rsa") && isPermitted("ssh-rsa"),
  };
}

/** The plain list of names. A list that adds to ssh's defaults leaves these allowed. */
function readAllowed(list: string | undefined): readonly string[] | undefined {
  return list === undefined || /^[+^]/.test(list) ? undefined : list.split(",");
}

function readMore(list = ""): readonly string[] {
  return list.startsWith("+") ? list.slice(1).split(",") : [];
}

/** Reads a name, or an address in its canonical form. */
function readHost(text: string): string {
  const host = text.toLowerCase();
  const family = isIP(host);
  const isPlain = family === 4 || (family === 6 && URL.parse(`http://[${host}]`)?.hostname === `[${host}]`);
  if (isPlain || (family === 0 && isName(host))) return host;
  throw new CheckDeclined("the host's name is left to ssh");
}

/** A text that ends in a number is not a name but an address in an older form: `127.1`, `0x7f000001`. */
function isName(host: string): boolean {
  if (host.length > 253 || !/^[a-z0-9_][a-z0-9_.-]*$/.test(host)) return false;
  const last = host.slice(host.lastIndexOf(".") + 1);
  return last !== "" && !/^(?:0x[0-9a-f]*|[0-9]+)$/.test(last);
}

function readPort(text = "22"): number {
  const port = Number(text);
  if (port < 1 || port > 65_535) throw new CheckDeclined("the port is left to ssh");
  return port;
}

function listFiles(paths: readonly string[], expand: (text: string) => string): readonly string[] {
  return paths.filter((path) => path !== "none").map(expand);
}

/** Replaces tokens (`%h`) and the tilde as ssh does. */
function createExpansion(
  tokens: Readonly<Record<string, string>>,
  { home }: Account,
): (text: string) => string {
  return (text) => {
    const path = text.startsWith("~/") ? join(home, text.slice(2)) : text;
    // A relative path depends on the directory in which the plugin would have been started.
    if (!path.startsWith("/") || path.includes("${")) throw new CheckDeclined("a path of ssh is left to it");
    return path.replace(/%(.?)/gs, (_, token: string) => {
      const value = tokens[token];
      if (value === undefined) throw new CheckDeclined("a path of ssh is left to it");
      return value;
    });
  };
}

function readAgent(
  given: string | undefined,
  { agent }: Account,
  expand: (text: string) => string,
): string | undefined {
  if (given === "none") return undefined;
  return given === undefined || given === "SSH_AUTH_SOCK" ? agent : expand(given);
}

function readDeadAfter(interval = 0, count = 3): number | undefined {
  return interval === 0 ? undefined : interval * Math.max(count, 1);
}

function readControl(path: string | undefined): SshDestination["control"] {
  if (path === undefined) return undefined;
  return path === "none" ? "none" : "path";
}
