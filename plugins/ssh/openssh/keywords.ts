/** The values of a keyword of ssh_config that this process understands. Other values are left to ssh. */
export interface Keyword {
  /** Matches the words of the line, joined with blanks. */
  readonly values: RegExp;
  /** Every line counts, not only the first. */
  readonly isList?: boolean;
}

const ANY = { values: /^.+$/s };
const ONE = { values: /^[^ ]+$/ };
const NUMBER = { values: /^[0-9]{1,5}$/ };
const YES_OR_NO = { values: /^(?:yes|no|true|false)$/ };
const YES = { values: /^(?:yes|true)$/ };
const NO = { values: /^(?:no|false)$/ };
const NONE = { values: /^none$/ };
/** A plain list. A list that begins with `+`, `-` or `^` changes ssh's own list, and is left to ssh. */
const ALGORITHMS = { values: /^[a-z0-9@][a-z0-9@.,-]*$/ };
/** A list with all of these refuses no usual key of a user. */
const USUAL_KEYS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-256", "rsa-sha2-512"];
const ACCEPTED_KEYS = {
  values: new RegExp(`^${USUAL_KEYS.map((name) => `(?=(?:.*,)?${name}(?:,|$))`).join("")}[a-z]`),
};

/**
 * The keywords this process understands. A line with any other keyword leaves the check to ssh. The first
 * group decides how a connection is made, the second changes nothing a check can see.
 */
export const KEYWORDS: Readonly<Record<string, Keyword>> = {
  addressfamily: { values: /^(?:any|inet|inet6)$/ },
  batchmode: YES_OR_NO,
  ciphers: ALGORITHMS,
  connecttimeout: NUMBER,
  controlpath: ONE,
  globalknownhostsfile: ANY,
  hostkeyalgorithms: ALGORITHMS,
  hostkeyalias: { values: /^[^ A-Z]+$/ },
  hostname: ONE,
  identitiesonly: YES_OR_NO,
  identityagent: { values: /^(?:none|SSH_AUTH_SOCK|[~/][^ ]*)$/ },
  identityfile: { ...ONE, isList: true },
  kexalgorithms: ALGORITHMS,
  loglevel: { values: /^(?:QUIET|FATAL|ERROR|INFO)$/i },
  macs: ALGORITHMS,
  port: NUMBER,
  proxyjump: { values: /^(?:none|(?:[A-Za-z0-9_.-]+@)?[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[0-9]{1,5})?)$/ },
  sendenv: { values: /^(?!.*(?:^| )[-!])./, isList: true },
  serveralivecountmax: NUMBER,
  serveraliveinterval: NUMBER,
  stricthostkeychecking: { values: /^(?:yes|true|no|false|off|ask|accept-new)$/ },
  user: ONE,
  userknownhostsfile: ANY,

  addkeystoagent: NO,
  canonicalizehostname: NO,
  casignaturealgorithms: ANY,
  challengeresponseauthentication: YES_OR_NO,
  checkhostip: NO,
  clearallforwardings: YES_OR_NO,
  compression: YES_OR_NO,
  connectionattempts: { values: /^1$/ },
  controlmaster: { values: /^(?:no|false|auto)$/ },
  controlpersist: ONE,
  enablesshkeysign: NO,
  escapechar: ONE,
  exitonforwardfailure: YES_OR_NO,
  fingerprinthash: ONE,
  forwardagent: NO,
  forwardx11: NO,
  forwardx11trusted: YES_OR_NO,
  gatewayports: YES_OR_NO,
  gssapiauthentication: YES_OR_NO,
  gssapidelegatecredentials: NO,
  gssapikexalgorithms: ANY,
  gssapikeyexchange: NO,
  gssapitrustdns: YES_OR_NO,
  hashknownhosts: YES_OR_NO,
  hostbasedauthentication: NO,
  ipqos: ANY,
  kbdinteractiveauthentication: YES_OR_NO,
  nohostauthenticationforlocalhost: NO,
  numberofpasswordprompts: NUMBER,
  passwordauthentication: YES_OR_NO,
  permitlocalcommand: NO,
  preferredauthentications: { values: /^publickey(?:,(?:password|keyboard-interactive))*$/ },
  protocol: { values: /^(?:2|2,1)$/ },
  proxycommand: NONE,
  pubkeyacceptedalgorithms: ACCEPTED_KEYS,
  pubkeyacceptedkeytypes: ACCEPTED_KEYS,
  pubkeyauthentication: YES,
  rekeylimit: ANY,
  requesttty: { values: /^(?:no|false|auto)$/ },
  requiredrsasize: NUMBER,
  stdinnull: YES_OR_NO,
  tcpkeepalive: YES_OR_NO,
  tunnel: NO,
  tunneldevice: ONE,
  updatehostkeys: YES_OR_NO,
  verifyhostkeydns: NO,
  visualhostkey: NO,
  xauthlocation: ONE,
};
