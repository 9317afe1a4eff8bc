import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { CheckDeclined } from "../../../sdk/index.ts";

const DIRECTORIES = ["/etc/snmp", "/usr/share/snmp", "/usr/lib/snmp", "/var/lib/snmp"];
const NAMES = ["snmp", "snmpapp"].flatMap((name) => [`${name}.conf`, `${name}.local.conf`]);

/** Comments, what is about MIBs, of which the plugin has none loaded, and what net-snmp notes down for itself. */
const WITHOUT_EFFECT = /^[ \t]*(?:$|#|(?:mibs|mibdirs|setserialno|engineBoots|oldEngineID)\b)/i;
const KEPT_MS = 30_000;

/** snmp.conf, which may change what snmpget asks and how it prints. Looked at now and then. */
export class ClientConfig {
  #isPlain: Promise<boolean> | undefined;
  #until = 0;

  /** Declines where there is anything in it that has an effect. */
  async requirePlain(): Promise<void> {
    if (this.#isPlain === undefined || performance.now() > this.#until) {
      this.#until = performance.now() + KEPT_MS;
      this.#isPlain = isPlain();
    }
    if (!(await this.#isPlain)) throw new CheckDeclined("snmp.conf has settings");
  }
}

async function isPlain(): Promise<boolean> {
  const { SNMPCONFPATH } = process.env;
  const directories = SNMPCONFPATH?.split(":") ?? [...DIRECTORIES, `${homedir()}/.snmp`];
  const paths = directories.flatMap((directory) => NAMES.map((name) => `${directory}/${name}`));
  const texts = await Promise.all(paths.map((path) => readFile(path, "latin1").catch(() => "")));
  return texts.every((text) => text.split("\n").every((line) => WITHOUT_EFFECT.test(line)));
}
