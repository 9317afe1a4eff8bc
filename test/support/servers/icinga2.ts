import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

export const [USER, PASSWORD] = ["chatbot", "bot-secret"];
export const [READER, READER_PASSWORD] = ["readonly", "ro-secret"];
export const [HOST, SERVICE, ODD_SERVICE] = ["dummy_fkt_tests", "Sakuli_Connections", "Disk C:\\ & Größe"];

const NODE = "localhost";
const FOLDERS = ["etc", "data/certs", "log", "cache", "spool", "run"];
/** What a chat bot needs, and no more. */
const PERMISSIONS = [
  ...["acknowledge-problem", "remove-acknowledgement", "schedule-downtime", "remove-downtime"],
  ...["process-check-result", "reschedule-check"],
].map((action) => `actions/${action}`);
const QUERIES = ["Host", "Service", "Downtime", "Comment"].map((type) => `objects/query/${type}`);

/** Ready when it resolves. */
export async function startIcinga2(): Promise<Icinga2> {
  const folder = mkdtempSync(join(tmpdir(), "icinga2-"));
  const port = await freePort();
  for (const each of FOLDERS) mkdirSync(join(folder, each), { recursive: true });
  writeFiles(folder, port);
  const identity = takeIdentity(folder);
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

/** icinga2 does not run as root. */
function takeIdentity(folder: string) {
  const { USER: user = "nobody" } = process.env;
  if (process.getuid?.() !== 0) return { env: { ...process.env, ICINGA2_USER: user, ICINGA2_GROUP: user } };
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

function writeFiles(folder: string, port: number): void {
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
  writeFileSync(join(folder, "etc/icinga2.conf"), configurationOf(folder, port));
}

function configurationOf(folder: string, port: number): string {
  const target = `check_command = "dummy"\n enable_active_checks = false\n max_check_attempts = 1`;
  const list = (permissions: readonly string[]) => permissions.map((each) => JSON.stringify(each)).join(", ");
  return `
const NodeName = "${NODE}"
const ZoneName = NodeName
include <itl>
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
object CheckerComponent "checker" { }
object ApiListener "api" { bind_host = "127.0.0.1"
 bind_port = ${port} }
object ApiUser "${USER}" { password = "${PASSWORD}"
 permissions = [ ${list([...PERMISSIONS, ...QUERIES, "events/*"])} ] }
object ApiUser "${READER}" { password = "${READER_PASSWORD}"
 permissions = [ ${list(QUERIES)} ] }
object LivestatusListener "live" { socket_type = "unix"
 socket_path = "${folder}/run/live" }
object ExternalCommandListener "commands" { command_path = "${folder}/run/icinga2.cmd" }
object Host "${HOST}" { ${target} }
${[SERVICE, ODD_SERVICE]
  .map((name) => `object Service ${JSON.stringify(name)} { host_name = "${HOST}"\n ${target} }`)
  .join("\n")}
`;
}
