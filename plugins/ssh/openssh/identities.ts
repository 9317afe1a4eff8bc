import { CheckDeclined } from "../../../sdk/index.ts";
import type { Target } from "./destination.ts";
import type { Files, KnownFile } from "./files.ts";

/** What is asked of a key here; the driver's keys are more. */
export interface SshKey {
  readonly isPrivateKey: () => boolean;
  readonly getPublicSSH: () => Buffer;
}

/** A key to log in with. */
export interface Identity<Key> {
  readonly key: Key;
  /** By the agent, which signs with it. */
  readonly isHeld: boolean;
}

export interface IdentityReader<Key> {
  readonly files: Files;
  readonly parseKey: (text: string) => Key | Error;
  /** The keys of the agent at a socket; none where nobody answers. */
  readonly listHeld: (socket: string) => Promise<readonly Key[]>;
}

/** The keys ssh would offer, in its order: the agent's that are named, the agent's others, and those in files. */
export async function listIdentities<Key extends SshKey>(
  target: Target,
  reader: IdentityReader<Key>,
): Promise<readonly Identity<Key>[]> {
  const named = target.identities.flatMap((path) => readIdentityFile(path, reader) ?? []);
  const held = target.agent === undefined ? [] : await reader.listHeld(target.agent);
  const isNamed = (key: Key) => named.some((each) => isSame(each.key, key));
  const others = target.identitiesOnly ? [] : held.filter((key) => !isNamed(key));
  const inFiles = named.filter(({ key }) => !held.some((each) => isSame(each, key)));
  // Without its passphrase only an agent can use a key; what ssh then says is its own affair.
  if (inFiles.some(({ isLocked }) => isLocked))
    throw new CheckDeclined("a key is locked and no agent holds it");
  return [
    ...[...held.filter(isNamed), ...others].map((key) => ({ key, isHeld: true })),
    ...inFiles.map(({ key }) => ({ key, isHeld: false })),
  ];
}

/** The files whose change makes other identities. */
export function listIdentityFiles({ identities }: Target): readonly string[] {
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

/** ssh warns at length about a key of its user that others may read, and passes it over. */
function checkPrivacy({ uid, mode }: KnownFile): void {
  const isOpen = uid === process.getuid?.() && (mode & 0o077) !== 0;
  if (isOpen) throw new CheckDeclined("others may read a private key");
}

function isSame(a: SshKey, b: SshKey): boolean {
  return a.getPublicSSH().equals(b.getPublicSSH());
}
