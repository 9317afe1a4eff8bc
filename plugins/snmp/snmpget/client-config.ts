import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { CheckDeclined, type Shared } from "../../../sdk/index.ts";

const DIRECTORIES = ["/etc/snmp", "/usr/share/snmp", "/usr/lib/snmp", "/var/lib/snmp"];
const NAMES = ["snmp", "snmpapp"].flatMap((name) => [`${name}.conf`, `${name}.local.conf`]);

/** Comments, settings for MIBs, which the plugin does not load, and lines that net-snmp writes for itself. */
const WITHOUT_EFFECT = /^[ \t]*(?:$|#|(?:mibs|mibdirs|setserialno|engineBoots|oldEngineID)\b)/i;
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

async function isPlain(): Promise<boolean> {
  const { SNMPCONFPATH } = process.env;
  const directories = SNMPCONFPATH?.split(":") ?? [...DIRECTORIES, `${homedir()}/.snmp`];
  const paths = directories.flatMap((directory) => NAMES.map((name) => `${directory}/${name}`));
  const texts = await Promise.all(paths.map((path) => readFile(path, "latin1").catch(() => "")));
  return texts.every((text) => text.split("\n").every((line) => WITHOUT_EFFECT.test(line)));
}
