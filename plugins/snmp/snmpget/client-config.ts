import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { CheckDeclined, type Shared } from "../../../sdk/index.ts";

const DIRECTORIES = ["/etc/snmp", "/usr/share/snmp", "/usr/lib/snmp", "/var/lib/snmp"];
const NAMES = ["snmp", "snmpapp"].flatMap((name) => [`${name}.conf`, `${name}.local.conf`]);

/** Comments, and settings for MIBs, which only names of objects depend on. */
const WITHOUT_EFFECT = /^[ \t]*(?:$|#|(?:mibs|mibdirs)\b)/i;
const KEPT_MS = 30_000;

/**
 * The snmp.conf files, which may change what snmpget asks and how it prints. They are read again after some
 * time.
 */
export class ClientConfig implements Disposable {
  #isPlain: Promise<boolean> | undefined;
  #until = 0;

  /** Throws a CheckDeclined where one of the files has a setting with an effect. */
  async requirePlain(): Promise<void> {
    if (this.#isPlain === undefined || performance.now() > this.#until) {
      this.#until = performance.now() + KEPT_MS;
      this.#isPlain = isPlain();
    }
    if (!(await this.#isPlain)) throw new CheckDeclined("snmp.conf has settings");
  }

  [Symbol.dispose](): void {
    this.#isPlain = undefined;
  }
}

/** One for all checks of the family. */
export const CLIENT_CONFIG: Shared<ClientConfig> = { name: "snmp.conf", create: () => new ClientConfig() };

/** Lines that net-snmp's programs write for themselves. */
const OWN = /^[ \t]*(?:setserialno|engineBoots|oldEngineID)\b.*$/gim;

/** All settings in snmp.conf files that snmpget may read. */
export async function readClientConfig(): Promise<string> {
  const { SNMPCONFPATH } = process.env;
  const directories = SNMPCONFPATH?.split(":") ?? [...DIRECTORIES, `${homedir()}/.snmp`];
  const paths = directories.flatMap((directory) => NAMES.map((name) => `${directory}/${name}`));
  const texts = await Promise.all(paths.map((path) => readFile(path, "latin1").catch(() => "")));
  return texts.join("\n").replace(OWN, "");
}

async function isPlain(): Promise<boolean> {
  return (await readClientConfig()).split("\n").every((line) => WITHOUT_EFFECT.test(line));
}
