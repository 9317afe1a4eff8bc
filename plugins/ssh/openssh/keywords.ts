import { CIPHERS, HOST_KEYS, KEX, MACS, USER_KEYS } from "./algorithm-names.ts";

/** The values of a keyword of ssh_config that this process understands. Other values are left to ssh. */
export interface Keyword {
  /** Matches the words of the line, joined with blanks. ssh accepts each value that matches. */
  readonly values: RegExp;
  /** Every line counts, not only the first. */
  readonly isList?: boolean;
  /** The keyword for which this one is another name. */
  readonly sameAs?: string;
  /** Why these values change nothing that a check can see. The other keywords decide how a login is made. */
  readonly why?: string;
}

/** Paths, or `none` alone. */
const FILES = { values: /^(?:none|(?!(?:.* )?none(?: |$)).+)$/s };
const ONE = { values: /^[^ ]+$/ };
const NUMBER = { values: /^[0-9]{1,5}$/ };
const YES_OR_NO = { values: /^(?:yes|no|true|false)$/ };
const NO = { values: /^(?:no|false)$/ };

/** The keywords that decide how a login is made. A line with any other keyword leaves the check to ssh. */
const DECIDING = {
  addressfamily: { values: /^(?:any|inet|inet6)$/ },
  batchmode: YES_OR_NO,
  ciphers: { values: CIPHERS },
  connecttimeout: NUMBER,
  controlpath: ONE,
  globalknownhostsfile: FILES,
  gssapiauthentication: YES_OR_NO,
  hostkeyalgorithms: { values: HOST_KEYS },
  hostkeyalias: { values: /^[^ A-Z]+$/ },
  hostname: ONE,
  identitiesonly: YES_OR_NO,
  identityagent: { values: /^(?:none|SSH_AUTH_SOCK|[~/][^ ]*)$/ },
  identityfile: { ...ONE, isList: true },
  kexalgorithms: { values: KEX },
  loglevel: { values: /^(?:QUIET|FATAL|ERROR|INFO)$/i },
  macs: { values: MACS },
  port: {
    values: /^0*(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$/,
  },
  /** ssh takes no jump host where ProxyCommand comes first, and the other way round. */
  proxycommand: { values: /^none$/, sameAs: "proxyjump" },
  proxyjump: { values: /^(?:none|(?:[A-Za-z0-9_.-]+@)?[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[0-9]{1,5})?)$/ },
  pubkeyacceptedalgorithms: { values: USER_KEYS },
  pubkeyacceptedkeytypes: { values: USER_KEYS, sameAs: "pubkeyacceptedalgorithms" },
  requiredrsasize: NUMBER,
  sendenv: { values: /^(?!.*(?:^| )[-!])./, isList: true },
  serveralivecountmax: NUMBER,
  serveraliveinterval: NUMBER,
  stricthostkeychecking: { values: /^(?:yes|true|no|false|off|ask|accept-new)$/ },
  user: { values: /^[^ %$]+$/ },
  userknownhostsfile: FILES,
} satisfies Readonly<Record<string, Keyword>>;

const DEFAULT = "what ssh does without it";
const LOCAL = "concerns forwarding and terminals, of which a check has none";
const PASSWORD = "concerns passwords: where ssh would try one, the check is left to it";
const WRITING = "concerns what ssh writes into known_hosts, and not whether it trusts a host";
const ENGAGED = "concerns certificates and exchanges that are left to ssh";

/** `1h30m` */
const TIME = "(?:[0-9]{1,4}[smhd])*[0-9]{1,4}[smhd]?";
const GSS = "gss-(?:group14-sha1|group14-sha256|group16-sha512|gex-sha1|nistp256-sha256|curve25519-sha256)-";
const QUALITY = "(?:af[1-4][1-3]|cs[0-7]|ef|lowdelay|throughput|reliability|none)";

/** The keywords that change nothing a check can see, as far as their values match. */
const INDIFFERENT = {
  addkeystoagent: { ...NO, why: DEFAULT },
  casignaturealgorithms: { values: HOST_KEYS, why: ENGAGED },
  canonicalizehostname: { ...NO, why: DEFAULT },
  challengeresponseauthentication: { ...YES_OR_NO, why: PASSWORD },
  checkhostip: { ...NO, why: DEFAULT },
  clearallforwardings: { ...YES_OR_NO, why: LOCAL },
  compression: {
    values: /^(?:yes|no)$/,
    why: "a server that compresses can do without, as every server must",
  },
  connectionattempts: { values: /^1$/, why: DEFAULT },
  controlmaster: { values: /^(?:no|false|auto)$/, why: "needs a ControlPath, which decides" },
  controlpersist: { values: new RegExp(`^(?:yes|no|true|false|${TIME})$`), why: "needs a ControlPath" },
  enablesshkeysign: { ...NO, why: DEFAULT },
  escapechar: { values: /^(?:none|[^ ]|\^[A-Za-z])$/, why: LOCAL },
  exitonforwardfailure: { ...YES_OR_NO, why: LOCAL },
  fingerprinthash: { values: /^(?:md5|sha256)$/i, why: "fingerprints are in warnings that are left to ssh" },
  forwardagent: { ...NO, why: DEFAULT },
  forwardx11: { ...NO, why: DEFAULT },
  forwardx11trusted: { ...YES_OR_NO, why: LOCAL },
  gatewayports: { ...YES_OR_NO, why: LOCAL },
  gssapidelegatecredentials: { ...NO, why: DEFAULT },
  gssapikexalgorithms: {
    values: new RegExp(`^${GSS}(?:,${GSS})*$`),
    why: ENGAGED,
  },
  gssapikeyexchange: { ...NO, why: DEFAULT },
  gssapitrustdns: { ...YES_OR_NO, why: "concerns Kerberos, and a denial to it is left to ssh" },
  hashknownhosts: { ...YES_OR_NO, why: WRITING },
  hostbasedauthentication: { ...NO, why: DEFAULT },
  ipqos: { values: new RegExp(`^${QUALITY}(?: ${QUALITY})?$`), why: "marks packets for routers" },
  kbdinteractiveauthentication: { ...YES_OR_NO, why: PASSWORD },
  nohostauthenticationforlocalhost: { ...NO, why: DEFAULT },
  numberofpasswordprompts: { ...NUMBER, why: PASSWORD },
  passwordauthentication: { ...YES_OR_NO, why: PASSWORD },
  permitlocalcommand: { ...NO, why: DEFAULT },
  preferredauthentications: {
    values: /^publickey(?:,(?:password|keyboard-interactive))*$/,
    why: PASSWORD,
  },
  protocol: { values: /^(?:2|2,1)$/, why: "ssh knows version 2 alone" },
  pubkeyauthentication: { values: /^(?:yes|true)$/, why: DEFAULT },
  rekeylimit: {
    values: /^(?:default|[1-9][0-9]{2,8}|[1-9][0-9]{0,2}[KMG])(?: (?:none|[0-9]{1,4}[smhd]?))?$/,
    why: "new keys in between change no byte of a command's output",
  },
  requesttty: { values: /^(?:no|false|auto)$/, why: "the plugin has no terminal" },
  stdinnull: { ...YES_OR_NO, why: "stdin is empty anyway" },
  tcpkeepalive: { ...YES_OR_NO, why: "the first probe comes after two hours" },
  tunnel: { ...NO, why: DEFAULT },
  tunneldevice: { values: /^(?:any|[0-9]{1,3})(?::(?:any|[0-9]{1,3}))?$/, why: LOCAL },
  updatehostkeys: { ...YES_OR_NO, why: WRITING },
  verifyhostkeydns: { ...NO, why: DEFAULT },
  visualhostkey: { ...NO, why: DEFAULT },
  xauthlocation: { ...ONE, why: LOCAL },
} satisfies Readonly<Record<string, Keyword & { readonly why: string }>>;

export const KEYWORDS: Readonly<Record<string, Keyword>> = { ...DECIDING, ...INDIFFERENT };
