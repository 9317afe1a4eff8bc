import { readFileSync } from "node:fs";

/** As Debian installs it. */
const USUAL = /^[ \t]*hosts:[ \t]+files[ \t]+dns[ \t]*(?:#.*)?$/m;

/**
 * Whether it is certain what snmpget says of an unknown host: it adds the text of errno, whatever has left
 * one. The files and DNS leave none; other services of nsswitch.conf may, as mdns does ("Invalid argument").
 */
export function leavesNoErrno(file = "/etc/nsswitch.conf"): boolean {
  try {
    return USUAL.test(readFileSync(file, "latin1"));
  } catch {
    return true;
  }
}
