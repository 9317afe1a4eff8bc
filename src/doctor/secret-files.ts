import { statSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { type Finding, warn } from "./finding.ts";

const OTHERS = 0o007;

/** A key that every user may read makes each of them a core. A private key of TLS is refused at the start. */
export function examineSecretFiles({ encryption, keyfile }: Config): readonly Finding[] {
  if (!encryption || keyfile === undefined || (modeOf(keyfile) & OTHERS) === 0) return [];
  const text = `every user of this machine may read or write the keyfile ${keyfile}`;
  return [warn("key", text, "chmod o= on it, and make it the group's of the worker's user")];
}

/** What cannot be looked at was reported when the configuration was read. */
function modeOf(path: string): number {
  try {
    return statSync(path).mode;
  } catch {
    return 0;
  }
}
