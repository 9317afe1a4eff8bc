import { readdir, stat } from "node:fs/promises";
import { CheckDeclined } from "../../../sdk/index.ts";
import { readClientConfig } from "../snmpget/client-config.ts";
import { runSnmpget, SNMPGET } from "./snmpget-run.ts";

/** Variables of which snmpget makes where MIBs are and which it loads. */
const VARIABLES = ["HOME", "MIBDIRS", "MIBS", "SNMPCONFPATH", "SNMP_PERSISTENT_DIR", "SNMP_PERSISTENT_FILE"];

/**
 * Tells the state of all that decides what snmpget makes of a name: the program, its settings, and the MIBs.
 * The text is another one when any of it has changed.
 */
export async function readMibStamp(): Promise<string> {
  if (process.env["MIBFILES"] !== undefined) throw new CheckDeclined("MIBFILES is set");
  const config = [
    await stampFile(SNMPGET),
    await readClientConfig(),
    ...VARIABLES.map((name) => process.env[name] ?? "-"),
  ].join("\n");
  const directories = await findDirectories(config);
  return [config, ...(await Promise.all(directories.map(stampDirectory)))].join("\n");
}

/** The directories as they were found in one state of the settings. */
let found: { readonly config: string; readonly directories: readonly string[] } | undefined;

async function findDirectories(config: string): Promise<readonly string[]> {
  if (found?.config !== config) found = { config, directories: await askDirectories() };
  return found.directories;
}

/** snmpget says itself where it looks. */
async function askDirectories(): Promise<readonly string[]> {
  const { stderr } = await runSnmpget({ miblist: "", names: ["1.3"], options: ["-Dinit_mib"] });
  const [, list] = /^init_mib: Seen MIBDIRS: Looking in '(.*)' for mib dirs/m.exec(stderr) ?? [];
  if (list === undefined) throw new CheckDeclined("snmpget does not say where its MIBs are");
  return list.split(":").filter((directory) => directory !== "");
}

async function stampDirectory(directory: string): Promise<string> {
  const names = await readdir(directory).catch(() => undefined);
  if (names === undefined) return `${directory} -`;
  return `${directory}\n${await stampAll(names.toSorted().map((name) => `${directory}/${name}`))}`;
}

async function stampAll(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(stampFile))).join("\n");
}

async function stampFile(path: string): Promise<string> {
  const known = await stat(path, { bigint: true }).catch(() => undefined);
  return known === undefined
    ? `${path} -`
    : `${path} ${known.ino} ${known.size} ${known.mtimeNs} ${known.ctimeNs}`;
}
