import { createHmac } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { matchesAny } from "./pattern.ts";

/** A host key as known_hosts has it. */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** As it is sent on the wire. */
  readonly blob: Buffer;
}

/** What known_hosts files say of one host. */
export interface HostKeys {
  readonly keys: readonly HostKey[];
  readonly revoked: readonly HostKey[];
  /** A certificate authority is trusted for it. */
  readonly hasAuthority: boolean;
}

/** `host`, or `[host]:port` for a port other than 22. */
export function nameInKnownHosts(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** A hashed name costs 5 µs to look at: so many of them, then others may go on. */
const LINES_A_TURN = 1_000;

/** Reads what the files say of a host. Lines that cannot be read are passed over, as ssh does. */
export async function findHostKeys(texts: readonly string[], name: string): Promise<HostKeys> {
  const keys: HostKey[] = [];
  const revoked: HostKey[] = [];
  let hasAuthority = false;
  let lines = 0;
  for (const text of texts) {
    for (const line of text.split("\n")) {
      lines += 1;
      if (lines % LINES_A_TURN === 0) await turn();
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

/** The type a key on the wire begins with. */
export function readKeyType(blob: Buffer): string {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  return blob.toString("latin1", 4, 4 + length);
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
