import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CheckDeclined } from "../../../sdk/index.ts";
import { isPlainHost } from "../../transport/host.ts";
import type { Login } from "./login.ts";

type Place = Pick<Login, "host" | "port" | "instance">;

/** What a section may say that changes nothing here. */
const WITHOUT_EFFECT = [
  "tds version",
  "client charset",
  "text size",
  "encryption",
  "dump file",
  "debug flags",
];
const KNOWN = ["host", "port", "instance"];

/** Reads where a server is by a section of freetds.conf: of the user's own, or else of the machine. */
export async function readSection(name: string, env: NodeJS.ProcessEnv = process.env): Promise<Place> {
  if (["TDSHOST", "TDSPORT", "TDSVER"].some((each) => env[each] !== undefined))
    throw new CheckDeclined("variables of FreeTDS in the environment");
  for (const path of listFiles(env)) {
    const section = findSection(await read(path), name);
    if (section !== undefined) return readPlace(section);
  }
  throw new CheckDeclined("a server that no freetds.conf names");
}

function listFiles({ FREETDSCONF, FREETDS, HOME = homedir() }: NodeJS.ProcessEnv): readonly string[] {
  return [
    ...(FREETDSCONF === undefined ? [] : [FREETDSCONF]),
    ...(FREETDS === undefined ? [] : [join(FREETDS, "etc/freetds.conf")]),
    ...[join(HOME, ".freetds.conf"), "/etc/freetds/freetds.conf"],
  ];
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch {
    return "";
  }
}

/** Names are the same in small and capital letters, and with any blanks in them. */
function findSection(text: string, name: string): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined;
  let isInside = false;
  for (const line of text.split("\n").map((each) => each.trim())) {
    const title = /^\[(.*)\]$/.exec(line)?.[1];
    if (title !== undefined) {
      isInside = title.trim().toLowerCase() === name.toLowerCase();
      if (isInside) found ??= new Map();
    }
    const [, key = "", value = ""] = /^([^=;#]+)=(.*)$/.exec(line) ?? [];
    if (isInside && key !== "") found?.set(key.trim().toLowerCase().replace(/\s+/g, " "), value.trim());
  }
  return found;
}

function readPlace(section: ReadonlyMap<string, string>): Place {
  if ([...section.keys()].some((key) => !KNOWN.includes(key) && !WITHOUT_EFFECT.includes(key)))
    throw new CheckDeclined("a setting of freetds.conf that only FreeTDS knows");
  const host = section.get("host") ?? "";
  const port = Number(section.get("port") ?? Number.NaN);
  const instance = section.get("instance");
  const isKnown = instance === undefined ? port > 0 && port < 65_536 : Number.isNaN(port);
  if (!isPlainHost(host) || !isKnown)
    throw new CheckDeclined("a section of freetds.conf that is not complete");
  return { host, port: Number.isNaN(port) ? 1433 : port, instance };
}
