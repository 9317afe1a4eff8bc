import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { CheckDeclined } from "../../sdk/index.ts";

/** What nslookup takes from `/etc/resolv.conf`. */
export interface ResolvConf {
  readonly servers: readonly string[];
  /** Domains that are added to a name. */
  readonly search: readonly string[];
  /** A name with so many dots is asked for as it stands first. */
  readonly ndots: number;
}

export function readResolvConf(): ResolvConf {
  let text: string;
  try {
    text = readFileSync("/etc/resolv.conf", "latin1");
  } catch (error) {
    throw new CheckDeclined("resolv.conf cannot be read", { cause: error });
  }
  const conf = parseResolvConf(text);
  if (conf === undefined) throw new CheckDeclined("resolv.conf with settings that are not understood");
  return conf;
}

/** Options that change nothing for nslookup. */
const IGNORED_OPTIONS = /^(?:edns0|trust-ad|debug)$/;

const MOST_DOMAINS = 6;
const MOST_SERVERS = 3;

/** Undefined: there is something that is not understood. */
export function parseResolvConf(text: string): ResolvConf | undefined {
  const lines = text.split("\n").map((line) => line.replace(/[#;].*/, "").trim());
  let conf: ResolvConf | undefined = { servers: [], search: [], ndots: 1 };
  for (const line of lines.filter((each) => each !== "")) conf &&= readLine(conf, line);
  if (conf === undefined || conf.servers.length === 0) return undefined;
  return conf.servers.length <= MOST_SERVERS && conf.search.length <= MOST_DOMAINS ? conf : undefined;
}

/** The last of `search` and `domain` counts. */
function readLine(conf: ResolvConf, line: string): ResolvConf | undefined {
  const [keyword = "", ...values] = line.split(/[ \t]+/);
  const [first = ""] = values;
  switch (keyword) {
    case "nameserver":
      return isIP(first) === 0 ? undefined : { ...conf, servers: [...conf.servers, first] };
    case "search":
    case "domain":
      return values.some((domain) => domain.endsWith(".")) ? undefined : { ...conf, search: values };
    case "options":
      return readOptions(conf, values);
    default:
      return undefined;
  }
}

function readOptions(conf: ResolvConf, values: readonly string[]): ResolvConf | undefined {
  if (!values.every((value) => NDOTS.test(value) || IGNORED_OPTIONS.test(value))) return undefined;
  const ndots = values.findLast((value) => NDOTS.test(value));
  return ndots === undefined ? conf : { ...conf, ndots: Number(ndots.slice("ndots:".length)) };
}

const NDOTS = /^ndots:[0-9]$/;
