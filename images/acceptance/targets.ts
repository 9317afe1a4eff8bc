import { chownSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { SshServer } from "../../test/plugins/ssh/ssh-server.ts";
import { startNrpe } from "../../test/support/servers/nrpe.ts";
import { Postgresql } from "../../test/support/servers/postgresql.ts";
import { Snmpd } from "../../test/support/servers/snmpd.ts";

export const TARGETS = ["hostcheck", "check-ssh", "snmp", "db", "windows"] as const;
export type Target = (typeof TARGETS)[number];

/** What a pool is asked, and a part of the answer. */
export interface Question {
  readonly command: string;
  readonly says: string;
}

/** A server of this machine, and questions about it: one that the worker answers itself, one for a plugin. */
export interface Scene {
  readonly native: Question;
  readonly plugin: Question;
  /** Questions about packages that no plugin of the image uses by itself. */
  readonly more?: readonly Question[];
  /** What the container must see, as words of `--volume`. */
  readonly volumes?: readonly string[];
  readonly server?: AsyncDisposable;
}

const PLUGINS = "/usr/lib/nagios/plugins";
/** The hash of a password for NTLM is MD4. */
const IMPORT_WINRM =
  'import hashlib, winrm; hashlib.new("md4"); print(winrm.Session("web1", auth=("a", "b"), transport="ntlm").url)';
/** The user of the images. */
const USER = 10001;
/** Where the container has the client's files of ssh. In their own place they may be behind a folder that only root may enter. */
const SSH_FOLDER = "/run/ssh";

export async function openScene(target: Target, gearmand: number): Promise<Scene> {
  switch (target) {
    case "hostcheck": {
      const words = `-H 127.0.0.1 -p ${gearmand}`;
      return {
        native: { command: `${PLUGINS}/check_tcp ${words}`, says: "TCP OK" },
        // -v is always executed.
        plugin: { command: `${PLUGINS}/check_tcp -v ${words}`, says: "TCP OK" },
      };
    }
    case "check-ssh": {
      const server = await SshServer.start();
      const folder = dirname(server.words[server.words.indexOf("-i") + 1] ?? "");
      const words = server.words.join(" ").replaceAll(folder, SSH_FOLDER);
      for (const name of ["", ...readdirSync(folder)]) chownSync(join(folder, name), USER, USER);
      return {
        native: { command: `${PLUGINS}/check_by_ssh ${words} -C true`, says: "ok" },
        plugin: { command: `${PLUGINS}/check_by_ssh -v ${words} -C true`, says: "ok" },
        volumes: [`${folder}:${SSH_FOLDER}:ro`],
        server,
      };
    }
    case "snmp": {
      const server = await Snmpd.start();
      const words = `-H 127.0.0.1 -p ${server.port} -C public`;
      return {
        native: { command: `${PLUGINS}/check_snmp ${words} -o .1.3.6.1.2.1.1.5.0`, says: "natlab" },
        plugin: { command: `${PLUGINS}/check_snmp_int.pl ${words} -n lo`, says: "lo:UP" },
        server,
      };
    }
    case "db": {
      const server = await Postgresql.start();
      // By default a connection that takes two seconds is a warning; on QEMU it does.
      const words = `${server.words.join(" ")} -d monitor -w 60 -c 90`;
      return {
        native: { command: `${PLUGINS}/check_pgsql ${words} -p ${server.password}`, says: "OK - database" },
        plugin: {
          command: `PGPASSWORD=${server.password} ${PLUGINS}/check_pgsql ${words}`,
          says: "OK - database",
        },
        server,
      };
    }
    case "windows": {
      const server = await startNrpe();
      const words = `-H 127.0.0.1 -p ${server.port} -c ok`;
      return {
        native: { command: `${PLUGINS}/check_nrpe ${words}`, says: "OK - all good" },
        plugin: { command: `${PLUGINS}/check_nrpe -b 127.0.0.1 ${words}`, says: "OK - all good" },
        // What a plugin for WinRM with NTLM begins with. There is no Windows to ask.
        more: [
          {
            command: `OPENSSL_CONF=/usr/local/lib/omd-worker/openssl-ntlm.cnf /usr/bin/python3 -c '${IMPORT_WINRM}'`,
            says: "http://web1:5985/wsman",
          },
        ],
        server,
      };
    }
  }
}
