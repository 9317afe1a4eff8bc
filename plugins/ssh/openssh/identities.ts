import { CheckDeclined } from "../../../sdk/index.ts";
import type { SshDestination } from "./destination.ts";
import type { Files, KnownFile } from "./files.ts";
import { countRsaBits, readKeyType } from "./known-hosts.ts";

/** The part of the driver's key that is used here. */
export interface SshKey {
  readonly isPrivateKey: () => boolean;
  readonly getPublicSSH: () => Buffer;
}

/** A key to log in with. */
export interface Identity<Key> {
  readonly key: Key;
  /** The agent has the key and signs with it. */
  readonly isInAgent: boolean;
}

export interface IdentityReader<Key> {
  readonly files: Files;
  readonly parseKey: (text: string) => Key | Error;
  /** The keys of the agent at a socket. There are none where the agent does not answer. */
  readonly listAgentKeys: (socket: string) => Promise<readonly Key[]>;
}

/**
 * The keys ssh would offer, in its order: the agent's keys that are named, the agent's other keys, the keys
 * in files.
 */
export async function listIdentities<Key extends SshKey>(
  destination: SshDestination,
  reader: IdentityReader<Key>,
): Promise<readonly Identity<Key>[]> {
  const named = destination.identities.flatMap((path) => readIdentityFile(path, reader) ?? []);
  const held = destination.agent === undefined ? [] : await reader.listAgentKeys(destination.agent);
  const isNamed = (key: Key) => named.some((each) => isSame(each.key, key));
  const others = destination.identitiesOnly ? [] : held.filter((key) => !isNamed(key));
  const isShort = ({ key }: { readonly key: Key }) => isShortRsa(key.getPublicSSH(), destination.minRsaBits);
  if ([...named, ...held.map((key) => ({ key }))].some(isShort)) throw new CheckDeclined("a key is short");
  const inFiles = named.filter(({ key }) => !held.some((each) => isSame(each, key)));
  // A key with a passphrase can be used by an agent only. What ssh prints about it is left to ssh.
  if (inFiles.some(({ isLocked }) => isLocked))
    throw new CheckDeclined("a key is locked and no agent holds it");
  return [
    ...[...held.filter(isNamed), ...others].map((key) => ({ key, isInAgent: true })),
    ...inFiles.map(({ key }) => ({ key, isInAgent: false })),
  ];
}

function isShortRsa(blob: Buffer, minBits: number): boolean {
  return readKeyType(blob) === "ssh-rsa" && countRsaBits(blob) < minBits;
}

/** The files the identities are read from. */
export function listIdentityFiles({ identities }: SshDestination): readonly string[] {
  return identities.flatMap((path) => [path, `${path}.pub`, ...listCertificates(path)]);
}

function listCertificates(path: string): readonly string[] {
  return [`${path}-cert`, `${path}-cert.pub`];
}

interface NamedKey<Key> {
  readonly key: Key;
  readonly isLocked: boolean;
}

function readIdentityFile<Key extends SshKey>(
  path: string,
  { files, parseKey }: IdentityReader<Key>,
): NamedKey<Key> | undefined {
  const isThere = (each: string) => files.read(each) !== undefined;
  if (listCertificates(path).some(isThere)) throw new CheckDeclined("there is a certificate for a key");
  const file = files.read(path);
  const publicFile = files.read(`${path}.pub`);
  const publicKey = publicFile && parseKey(publicFile.text);
  if (publicKey instanceof Error) throw new CheckDeclined("a public key cannot be read");
  if (file === undefined) {
    if (publicKey !== undefined) throw new CheckDeclined("a key has no private part");
    return undefined;
  }
  checkPrivacy(file);
  const key = parseKey(file.text);
  if (key instanceof Error || !key.isPrivateKey()) {
    if (publicKey === undefined) throw new CheckDeclined("a key is locked, or cannot be read");
    return { key: publicKey, isLocked: true };
  }
  const fits = publicKey === undefined || isSame(publicKey, key);
  if (!fits) throw new CheckDeclined("the two halves of a key do not fit");
  return { key, isLocked: false };
}

/** ssh passes over its user's key if others may read it, and prints a long warning. */
function checkPrivacy({ uid, mode }: KnownFile): void {
  const isOpen = uid === process.getuid?.() && (mode & 0o077) !== 0;
  if (isOpen) throw new CheckDeclined("others may read a private key");
}

function isSame(a: SshKey, b: SshKey): boolean {
  return a.getPublicSSH().equals(b.getPublicSSH());
}
