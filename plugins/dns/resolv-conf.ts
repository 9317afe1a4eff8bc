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

/** Undefined: there is something that is not understood. */
export function parseResolvConf(text: string): ResolvConf | undefined {
  const servers: string[] = [];
  let search: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split("\n").map((each) => each.replace(/[#;].*/, "").trim())) {
    const [keyword = "", ...values] = line.split(/[ \t]+/);
    if (keyword === "") continue;
    if (keyword === "nameserver" && isIP(values[0] ?? "") !== 0) servers.push(values[0] ?? "");
    else if (keyword === "search" || keyword === "domain") search = values;
    else if (
      keyword === "options" &&
      values.every((value) => /^ndots:[0-9]$/.test(value) || IGNORED_OPTIONS.test(value))
    )
      ndots = Number(values.findLast((value) => value.startsWith("ndots:"))?.slice(-1) ?? ndots);
    else return undefined;
  }
  return servers.length > 0 && servers.length <= 3 ? { servers, search, ndots } : undefined;
}
