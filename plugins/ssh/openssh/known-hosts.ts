import { createHmac } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { matchesAny } from "./pattern.ts";

/** A host key in known_hosts. */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** The bytes that are sent in a key exchange. */
  readonly blob: Buffer;
}

/** What known_hosts files say of one host. */
export interface HostKeys {
  readonly keys: readonly HostKey[];
  readonly revoked: readonly HostKey[];
  /** A certificate authority is trusted for the host. */
  readonly hasAuthority: boolean;
}

/** `host`, or `[host]:port` for a port other than 22. */
export function nameInKnownHosts(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** Lines that are read in one turn of the event loop. To compare a hashed name takes 5 µs. */
const MAX_LINES_A_TURN = 1_000;

/** Reads what the files say about a host. Lines that cannot be read are passed over, as ssh does. */
export async function findHostKeys(texts: readonly string[], name: string): Promise<HostKeys> {
  const keys: HostKey[] = [];
  const revoked: HostKey[] = [];
  let hasAuthority = false;
  let lines = 0;
  for (const text of texts) {
    for (const line of text.split("\n")) {
      lines += 1;
      if (lines % MAX_LINES_A_TURN === 0) await turn();
      const entry = readLine(line);
      if (entry === undefined || !namesHost(entry.hosts, name)) continue;
      if (entry.marker === "@cert-authority") hasAuthority = true;
      else if (entry.marker === "@revoked") revoked.push(entry);
      else keys.push(entry);
    }
  }
  return { keys, revoked, hasAuthority };
}

interface Entry extends HostKey {
  readonly marker: string | undefined;
  readonly hosts: string;
}

const LINE =
  /^[ \t]*(?:(@cert-authority|@revoked)[ \t]+)?([^ \t#@][^ \t]*)[ \t]+([a-z][a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+=*)(?:[ \t\r]|$)/;

function readLine(line: string): Entry | undefined {
  const [, marker, hosts = "", type = "", key = ""] = LINE.exec(line) ?? [];
  if (hosts === "") return undefined;
  const blob = Buffer.from(key, "base64");
  return readKeyType(blob) === type ? { marker, hosts, type, blob } : undefined;
}

/** The type of a key, with which its bytes begin. */
export function readKeyType(blob: Buffer): string {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  return blob.toString("latin1", 4, 4 + length);
}

/** The bits of an RSA key, in whose bytes the type, the exponent and the modulus follow one another. */
export function countRsaBits(blob: Buffer): number {
  let at = 0;
  for (let skipped = 0; skipped < 2; skipped += 1)
    at += 4 + (at + 4 > blob.length ? 0 : blob.readUInt32BE(at));
  const modulus = blob.subarray(at + 4);
  const first = modulus.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
}

function namesHost(hosts: string, name: string): boolean {
  const lower = name.toLowerCase();
  if (hosts.startsWith("|")) return isHashOf(hosts, lower);
  return matchesAny(lower, hosts.toLowerCase().split(","));
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, so that the file does not tell where its owner logs in. */
function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt = "", hash] = hashed.split("|");
  if (version !== "1") return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name, "latin1").digest("base64") === hash;
}
