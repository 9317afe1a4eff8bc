import { resolve } from "node:path";
import { trimEnd } from "../../byte-string.ts";
import { renderServerAddress, type ServerAddress } from "../../gearman/server-address.ts";
import type { ServerKey, ServerKeyfile } from "../kinds/server-keys.ts";
import { MAX_KEY_BYTES } from "../kinds/texts.ts";
import type { Machine } from "../machine.ts";
import { error, type Remark, warning } from "../problem.ts";
import { showValue } from "../quote.ts";
import { rightsHint, systemReason } from "../read/read-file.ts";
import { MASK, Secret } from "../secret.ts";

interface KeyOptions {
  readonly encryption: boolean;
  readonly key: Secret | undefined;
  readonly keyfile: string | undefined;
  /** One of the three was written and could not be read, so a key is not missing. */
  readonly isUnclear: boolean;
}

/** The key to use. As in the C worker keyfile wins over key. */
export function findKey(
  { encryption, key, keyfile, isUnclear }: KeyOptions,
  machine: Machine,
  report: (remark: Remark) => void,
): Secret | undefined {
  if (!encryption) return key;
  if (keyfile !== undefined) {
    if (key !== undefined)
      report(warning("both key and keyfile are given, keyfile is used", "remove one of them"));
    return readKeyFile("keyfile", keyfile, { machine, report });
  }
  if (key === undefined && !isUnclear) {
    report(error("no encryption key provided, please use --key=... or keyfile=... or disable encryption"));
  }
  return key;
}

/** What is no path may be the key itself, written behind the wrong option. */
function showPath(path: string): string {
  return /[./]/.test(path) ? showValue(path) : MASK;
}

export interface AcceptedKeys {
  readonly encryption: boolean;
  readonly acceptedKey: readonly Secret[];
  readonly acceptedKeyfile: readonly string[];
}

export interface DupserverKeys {
  readonly encryption: boolean;
  readonly dupserverKey: Secret | undefined;
  readonly dupserverKeyfile: string | undefined;
}

type Reading = { readonly machine: Machine; readonly report: (remark: Remark) => void };

/** All keys that jobs may be sealed with besides the first. */
export function findAcceptedKeys(given: AcceptedKeys, reading: Reading): readonly Secret[] {
  const { encryption, acceptedKey, acceptedKeyfile } = given;
  if (!encryption) return acceptedKey;
  const read = acceptedKeyfile.map((path) => readKeyFile("accepted_keyfile", path, reading));
  return [...acceptedKey, ...read.filter((key) => key !== undefined)];
}

export interface ServerKeys {
  readonly encryption: boolean;
  readonly serverKey: readonly ServerKey[];
  readonly serverKeyfile: readonly ServerKeyfile[];
}

/** The keys of servers that have one of their own. That of a file wins. */
export function findServerKeys(given: ServerKeys, reading: Reading): readonly ServerKey[] {
  const { encryption, serverKey, serverKeyfile } = given;
  if (!encryption) return serverKey;
  const read = serverKeyfile.flatMap(({ server, path }) => {
    const key = readKeyFile("server_keyfile", path, reading);
    return key === undefined ? [] : [{ server, key }];
  });
  const isRead = (server: string) => read.some((each) => each.server === server);
  return [...read, ...serverKey.filter(({ server }) => !isRead(server))];
}

interface KeysInUse {
  readonly key: Secret | undefined;
  readonly serverKey: readonly ServerKey[];
}

/** The key of this server alone, `host:port`. Undefined: it has none of its own. */
export function ownKeyOf({ serverKey }: Pick<KeysInUse, "serverKey">, server: string): Secret | undefined {
  return serverKey.find((each) => each.server === server)?.key;
}

/** Whether what is sealed for one server can be opened by the core of the other. */
export function haveSameKey(keys: KeysInUse, one: string, other: string): boolean {
  const [first, second] = [one, other].map((server) => ownKeyOf(keys, server) ?? keys.key);
  return first === second || (first !== undefined && second !== undefined && first.equals(second));
}

/** A key for a server that the worker does not know would never be used, and that of the others instead. */
export function findKeysOfNobody(config: {
  readonly server: readonly Pick<ServerAddress, "host" | "port">[];
  readonly serverKey: readonly ServerKey[];
  readonly serverKeyfile: readonly ServerKeyfile[];
}): readonly { readonly name: "server_key" | "server_keyfile"; readonly remark: Remark }[] {
  const known = config.server.map(renderServerAddress);
  const named = [
    ...config.serverKeyfile.map(({ server }) => ({ name: "server_keyfile" as const, server })),
    ...config.serverKey.map(({ server }) => ({ name: "server_key" as const, server })),
  ];
  const strange = named.filter(({ server }, at) => {
    const isFirst = named.findIndex((each) => each.server === server) === at;
    return isFirst && !known.includes(server);
  });
  return strange.map(({ name, server }) => ({
    name,
    remark: error(`${name}: there is no server ${server}`, `write it as server= has it: ${known.join(", ")}`),
  }));
}

/** The key for copies. Undefined: there is no other than that of the result. */
export function findDupserverKey(
  { encryption, dupserverKey, dupserverKeyfile }: DupserverKeys,
  reading: Reading,
): Secret | undefined {
  if (!encryption || dupserverKeyfile === undefined) return dupserverKey;
  return readKeyFile("dupserver_keyfile", dupserverKeyfile, reading);
}

/** Takes the first line: at most 32 bytes, up to a NUL byte, without white space at its end. */
function readKeyFile(option: string, path: string, { machine, report }: Reading): Secret | undefined {
  if (machine.isAlone) return undefined;
  try {
    const content = machine.readFile(resolve(machine.cwd, path)).toString("latin1");
    const [line = ""] = content.slice(0, MAX_KEY_BYTES).split(/[\n\0]/, 1);
    const key = trimEnd(line);
    if (key !== "") return new Secret(Buffer.from(key, "latin1"));
    report(error(`${option} ${showPath(path)} has no key in its first line`));
  } catch (cause) {
    report(error(`could not open ${option}: ${showPath(path)}: ${systemReason(cause)}`, rightsHint(cause)));
  }
  return undefined;
}
