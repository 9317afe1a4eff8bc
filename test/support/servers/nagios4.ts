import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endDaemon, spawnDaemon, untilReady } from "./daemon.ts";
import { HOST, SERVICE } from "./icinga2.ts";

/** Debian's Nagios 4 with a host `dummy_fkt_tests` and its service `Sakuli_Connections`. */
export interface Nagios extends AsyncDisposable {
  readonly commandFile: string;
  /** What it has written of its state: `servicestatus`, `servicecomment` or `servicedowntime`. */
  read(kind: string): readonly Readonly<Record<string, string>>[];
  stop(): Promise<void>;
}

const SETTINGS = [
  ...["check_external_commands=1", "execute_service_checks=0", "execute_host_checks=0"],
  ...["enable_notifications=0", "retain_state_information=0", "status_update_interval=1", "use_syslog=0"],
];

/** Ready when it resolves. */
export async function startNagios(): Promise<Nagios> {
  const folder = mkdtempSync(join(tmpdir(), "nagios-"));
  mkdirSync(join(folder, "results"));
  writeFileSync(join(folder, "nagios.cfg"), configurationOf(folder));
  writeFileSync(join(folder, "objects.cfg"), objects());
  const [statusFile, commandFile] = [join(folder, "status.dat"), join(folder, "nagios.cmd")];
  const child = spawnDaemon("nagios4", [join(folder, "nagios.cfg")], {
    stdio: "ignore",
    atExit: "SIGTERM",
    ...takeIdentity(folder),
  });
  await untilReady(child, async () => [statSync(statusFile), statSync(commandFile)]);
  const stop = () => endDaemon(child, "SIGTERM");
  return {
    commandFile,
    stop,
    read: (kind) => readBlocks(readFileSync(statusFile, "utf8"), kind),
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** It becomes this user itself, but only after it has opened files as root. */
function takeIdentity(folder: string) {
  if (process.getuid?.() !== 0) return {};
  execFileSync("chown", ["-R", "nagios:nagios", folder]);
  chmodSync(folder, 0o755);
  const [uid = 0, gid = 0] = ["-u", "-g"].map((which) => Number(execFileSync("id", [which, "nagios"])));
  return { uid, gid };
}

function configurationOf(folder: string): string {
  const files = {
    cfg_file: "objects.cfg",
    object_cache_file: "objects.cache",
    status_file: "status.dat",
    command_file: "nagios.cmd",
    lock_file: "nagios.pid",
    log_file: "nagios.log",
    temp_file: "nagios.tmp",
    query_socket: "nagios.qh",
    check_result_path: "results",
    temp_path: "",
  };
  const paths = Object.entries(files).map(([name, file]) => `${name}=${join(folder, file)}`);
  return [...paths, ...SETTINGS, ""].join("\n");
}

function objects(): string {
  const target = {
    check_command: "nothing",
    max_check_attempts: 1,
    check_period: "always",
    contacts: "no_one",
    notification_period: "always",
  };
  const always = { host_notification_period: "always", service_notification_period: "always" };
  const nothing = { host_notification_commands: "nothing", service_notification_commands: "nothing" };
  return [
    define("command", { command_name: "nothing", command_line: "/bin/true" }),
    define("timeperiod", { timeperiod_name: "always", alias: "always" }),
    define("contact", { contact_name: "no_one", ...always, ...nothing }),
    define("host", { host_name: HOST, alias: "Funktionale Tests", address: "127.0.0.1", ...target }),
    define("service", { host_name: HOST, service_description: SERVICE, ...target }),
  ].join("\n");
}

function define(type: string, fields: Readonly<Record<string, string | number>>): string {
  return [
    `define ${type} {`,
    ...Object.entries(fields).map(([name, value]) => `  ${name} ${value}`),
    "}",
    "",
  ].join("\n");
}

/** `servicecomment {`, then a line `name=value` for each field. */
function readBlocks(text: string, kind: string): readonly Readonly<Record<string, string>>[] {
  return [...text.matchAll(new RegExp(`^${kind} \\{\\n([^}]*)\\}`, "gm"))].map(([, fields = ""]) =>
    Object.fromEntries(
      fields
        .split("\n")
        .map((line) => line.trim().split(/=(.*)/s))
        .filter(([name]) => name !== "")
        .map(([name = "", value = ""]) => [name, value]),
    ),
  );
}
