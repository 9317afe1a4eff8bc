import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { documentedBlock } from "../documented-block.ts";
import { freePort } from "../free-port.ts";
import { createCertificate, inDays } from "./certificates.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

/**
 * Debian's icinga2 with a host `dummy_fkt_tests` and its services `Sakuli_Connections` and
 * `Disk C:\ & Größe`. It also speaks livestatus and takes the external commands of Nagios.
 */
export interface Icinga2 extends AsyncDisposable {
  readonly url: string;
  /** Of its own certificate. */
  readonly caFile: string;
  readonly livestatus: string;
  readonly commandFile: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** What a test adds. */
export interface Icinga2Options {
  /** Objects of its own. */
  readonly objects?: string;
  /** Icinga 2 runs as who runs the tests, so what it starts may read the files of the tests. */
  readonly isOurs?: boolean;
}

/** The user of docs/zulip-bot.md, with its permissions and no others. */
export const [USER, PASSWORD] = ["zulip-bot", "bot-secret"];
/** The same with what `show_changes` needs. */
export const [WATCHER, WATCHER_PASSWORD] = ["watcher", "watcher-secret"];
export const [READER, READER_PASSWORD] = ["readonly", "ro-secret"];
export const [HOST, SERVICE, ODD_SERVICE] = ["dummy_fkt_tests", "Sakuli_Connections", "Disk C:\\ & Größe"];

const NODE = "localhost";
const FOLDERS = ["etc", "data/certs", "log", "cache", "spool", "run"];
const QUERIES = ["Host", "Service", "Downtime"].map((type) => `objects/query/${type}`);

/** Ready when it resolves. */
export async function startIcinga2({ objects = "", isOurs = false }: Icinga2Options = {}): Promise<Icinga2> {
  const folder = mkdtempSync(join(tmpdir(), "icinga2-"));
  const port = await freePort();
  for (const each of FOLDERS) mkdirSync(join(folder, each), { recursive: true });
  writeFiles(folder, configurationOf(folder, port) + objects);
  const identity = isOurs ? ownIdentity() : takeIdentity(folder);
  const args = ["daemon", "-c", join(folder, "etc/icinga2.conf"), ...definitionsOf(folder)];
  const start = async () => {
    const child = spawnDaemon("icinga2", args, { stdio: "ignore", ...identity });
    await untilReady(child, () => canConnect(port));
    stop = () => endDaemon(child, "SIGTERM");
  };
  let stop = async () => {};
  await start();
  return {
    url: `https://${NODE}:${port}`,
    caFile: join(folder, "data/certs/ca.crt"),
    livestatus: join(folder, "run/live"),
    commandFile: join(folder, "run/icinga2.cmd"),
    stop: () => stop(),
    start,
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ownIdentity() {
  const { username } = userInfo();
  return { env: { ...process.env, ICINGA2_USER: username, ICINGA2_GROUP: username } };
}

/** Debian's icinga2 runs as nagios. */
function takeIdentity(folder: string) {
  if (process.getuid?.() !== 0) return ownIdentity();
  execFileSync("chown", ["-R", "nagios:nagios", folder]);
  chmodSync(folder, 0o755);
  const [uid, gid] = ["-u", "-g"].map((which) => Number(execFileSync("id", [which, "nagios"])));
  const env = { ...process.env, ICINGA2_USER: "nagios", ICINGA2_GROUP: "nagios", HOME: folder };
  return { env, ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) };
}

function definitionsOf(folder: string): readonly string[] {
  const folders = { Config: "etc", Data: "data", Log: "log", Cache: "cache", Spool: "spool", InitRun: "run" };
  return Object.entries(folders).flatMap(([name, path]) => ["-D", `${name}Dir=${join(folder, path)}`]);
}

function writeFiles(folder: string, configuration: string): void {
  const { key, cert } = createCertificate({
    commonNames: [NODE],
    altNames: [NODE, "127.0.0.1"],
    notAfter: inDays(100),
    algorithm: "rsa",
  });
  const certs = join(folder, "data/certs");
  writeFileSync(join(certs, `${NODE}.crt`), cert);
  writeFileSync(join(certs, "ca.crt"), cert);
  writeFileSync(join(certs, `${NODE}.key`), key, { mode: 0o600 });
  writeFileSync(join(folder, "etc/icinga2.conf"), configuration);
}

function configurationOf(folder: string, port: number): string {
  const target = `check_command = "dummy"\n enable_active_checks = false\n max_check_attempts = 1`;
  const documentedUser = documentedBlock("docs/zulip-bot.md", `object ApiUser "${USER}"`).replace(
    "…",
    PASSWORD,
  );
  return `
const NodeName = "${NODE}"
const ZoneName = NodeName
include <itl>
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
object CheckerComponent "checker" { }
object ApiListener "api" { bind_host = "127.0.0.1"
 bind_port = ${port} }
${documentedUser}
${documentedUser.replace(USER, WATCHER).replace(PASSWORD, WATCHER_PASSWORD).replace("[", '[ "events/*",')}
object ApiUser "${READER}" { password = "${READER_PASSWORD}"
 permissions = ${JSON.stringify(QUERIES)} }
object LivestatusListener "live" { socket_type = "unix"
 socket_path = "${folder}/run/live" }
object ExternalCommandListener "commands" { command_path = "${folder}/run/icinga2.cmd" }
object Host "${HOST}" { ${target} }
${[SERVICE, ODD_SERVICE]
  .map((name) => `object Service ${JSON.stringify(name)} { host_name = "${HOST}"\n ${target} }`)
  .join("\n")}
`;
}
