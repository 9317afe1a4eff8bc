import {
  flag,
  integer,
  leftToPlugin,
  list,
  type OptionsOf,
  option,
  seconds,
  text,
  words,
} from "../../sdk/index.ts";
import { strtod } from "../libc/number.ts";
import { DELIMITER } from "./objects.ts";

/** check_snmp's options. */
export const OPTIONS = {
  hostname: text("-H, --hostname=ADDRESS", "host name or address"),
  port: option("-p, --port=PORT", "port number", readPort, { default: 161 }),
  isNext: flag("-n, --next", "ask for the next object instead of the one named"),
  protocol: text("-P, --protocol=VERSION", "1, 2c or 3", { default: "1" }),
  community: text("-C, --community=STRING", "community", { default: "public", secret: true }),
  context: text("-N, --context=CONTEXT", "SNMPv3 context"),
  seclevel: text("-L, --seclevel=LEVEL", "noAuthNoPriv, authNoPriv or authPriv", { default: "noAuthNoPriv" }),
  secname: text("-U, --secname=USERNAME", "SNMPv3 user"),
  authproto: text("-a, --authproto=PROTOCOL", "MD5, SHA, SHA-224 … SHA-512", { default: "MD5" }),
  authpasswd: text("-A, --authpasswd=PASSWORD", "SNMPv3 authentication password", { secret: true }),
  privproto: text("-x, --privproto=PROTOCOL", "DES, AES, AES-192, AES-192-C, AES-256 or AES-256-C", {
    default: "DES",
  }),
  privpasswd: text("-X, --privpasswd=PASSWORD", "SNMPv3 privacy password", { secret: true }),
  oids: list(text("-o, --oid, --object=OID[,OID…]", "object identifiers", { required: true })),
  miblist: option("-m, --miblist=STRING", "MIBs to load; none for numeric objects, ALL for others", readMibs),
  warning: text("-w, --warning=RANGE[,RANGE…]", "ranges that are no warning, one for each object"),
  critical: text("-c, --critical=RANGE[,RANGE…]", "ranges that are not critical, one for each object"),
  string: list(text("-s, --string=STRING", "the value that is not critical")),
  regex: list(text("-r, --ereg, --regex=REGEX", "what a value matches that is not critical")),
  regexi: list(text("-R, --eregi=REGEX", "the same, without regard to case")),
  isInverted: flag("--invert-search", "what matches is critical"),
  nulloid: option("-z, --nulloid=STATE", "the state of a value without a number: 0 to 3", readNulloid, {
    default: 3,
  }),
  isRate: flag("--rate", "the change in a second since the last run"),
  rateMultiplier: integer("--rate-multiplier=INTEGER", "seconds in the rate's unit", { default: 1, min: 1 }),
  offset: option("--offset=NUMBER", "added to each value", readFinite, { default: 0 }),
  multiplier: text("-M, --multiplier=NUMBER", "each value is multiplied by it"),
  format: text("-f, --fmtstr=FORMAT", "how the product is printed"),
  labels: list(text("-l, --label=STRING[,STRING…]", "what stands before a value")),
  units: list(text("-u, --units=STRING[,STRING…]", "what stands behind a value")),
  outputDelimiter: text("-D, --output-delimiter=STRING", "what stands between values", { default: " " }),
  hasOidLabels: flag("-O, --perf-oids", "label perfdata with the object identifiers"),
  timeout: seconds("-t, --timeout=SECONDS", "how long to wait for an answer", { default: 10 }),
  retries: integer("-e, -E, --retries=INTEGER", "how often to ask again", { default: 5, min: 0 }),
  ipv4: flag("-4, --ipv4", "without effect, as in the plugin"),
  ipv6: flag("-6, --ipv6", "without effect, as in the plugin"),
  delimiter: option("-d, --delimiter=STRING", "where the value begins in what snmpget prints", readSome, {
    default: DELIMITER,
  }),
  verbose: leftToPlugin("-v, --verbose", "show details"),
  words: words("[ADDRESS]", "host name or address, where it is not given by -H"),
};

/** Words the plugin replaces before it reads its options. */
export const REWRITES = { "-to": "-t", "-wv": "-w", "-cv": "-c" };

export type SnmpOptions = OptionsOf<typeof OPTIONS>;

/** The plugin prints the port as it was written, so only the usual form is accepted. */
function readPort(given: string): number | undefined {
  return /^[1-9][0-9]{0,4}$/.test(given) && Number(given) <= 65_535 ? Number(given) : undefined;
}

/** A list of modules. Files are left to the plugin, because nothing tells here when they change. */
function readMibs(given: string): string | undefined {
  return /^[A-Za-z0-9_:.+-]{0,200}$/.test(given) ? given : undefined;
}

function readSome(given: string): string | undefined {
  return given || undefined;
}

function readNulloid(given: string): 0 | 1 | 2 | 3 | undefined {
  const states = { 0: 0, 1: 1, 2: 2, 3: 3 } as const;
  return Object.entries(states).find(([name]) => name === given)?.[1];
}

function readFinite(given: string): number | undefined {
  const { value } = strtod(given);
  return Number.isFinite(value) ? value : undefined;
}
