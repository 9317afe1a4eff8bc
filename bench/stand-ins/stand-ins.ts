import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { WITH_NAMES } from "../../test/support/processes/name-namespace.ts";
import { createCertificate, inDays } from "../../test/support/servers/certificates.ts";
import { hasServer } from "../../test/support/servers/installed.ts";
import { Mariadb } from "../../test/support/servers/mariadb.ts";
import { Postgresql } from "../../test/support/servers/postgresql.ts";
import { Snmpd } from "../../test/support/servers/snmpd.ts";
import { Sshd } from "../../test/support/servers/sshd.ts";
import { readStat } from "../processes/process-tree.ts";
import type { Line } from "../scenarios/line.ts";
import { startServer } from "../storms/start-server.ts";
import { STORM_SERVERS, type Values } from "../storms/storm-servers.ts";
import { writeLargePlugin } from "./large-plugin.ts";
import { startNames } from "./names.ts";

/** Servers that the commands of the lines talk to in place of a site's devices. */
export interface StandIns extends AsyncDisposable {
  /** Values for the placeholders of commands. A server that is not installed has none. */
  readonly values: Readonly<Record<string, string | number>>;
  /** CPU time of the stand-ins, so that it is not counted as that of other programs. */
  readonly cpuMs: () => number;
}

/** The hosts of a site are addresses of this machine. */
const ANYWHERE = "0.0.0.0";
const MANY_LOGINS = ["MaxStartups 200"];
const PLUGINS = "/usr/lib/nagios/plugins";
const DATA = join(import.meta.dirname, "../plugins");
const PAGE = "<html><body>It works</body></html>\n";
const BANNER = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n";
const NSCLIENT = "NSClient++ 0.5.2.35 2018-01-28";
/** No package has check_nsc_web: a variable names its file. */
const NSC_WEB = process.env["CHECK_NSC_WEB"] ?? "/usr/lib/nagios/plugins/check_nsc_web";
const LOAD = '{"message":"OK - total load average: 9.69, 8.61, 6.04 on 2 cores"}';
/** Nor check_prometheus. */
const PROMETHEUS = process.env["CHECK_PROMETHEUS"] ?? "/usr/lib/nagios/plugins/check_prometheus";
/** What Prometheus answers to a query, as recorded. */
const VECTOR =
  '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"node"},"value":[1764203000.1,"1"]}]}}';
const AGENT_BODY = `{"payload":[{"command":"check_load","lines":[${LOAD}],"result":"OK"}]}`;

export async function startStandIns(lines: readonly Line[]): Promise<StandIns> {
  const commands = lines
    .flatMap(({ mix, under = [] }) => [...mix.map(({ command }) => command), ...under])
    .join("\n");
  await using cleanup = new AsyncDisposableStack();
  const asked = (name: string) => commands.includes(`{${name}}`);
  const listening = async (server: Server) => (await listen(cleanup.use(server))).port;
  const agent =
    asked("snmp") && hasServer("snmpd") ? cleanup.use(await Snmpd.start(undefined, ANYWHERE)) : undefined;
  const database =
    asked("postgresql") && hasServer("postgresql") ? cleanup.use(await Postgresql.start()) : undefined;
  const mariadb = asked("mariadb") && hasServer("mariadb") ? cleanup.use(await Mariadb.start()) : undefined;
  const startedNames = asked("names") || asked("nameserver") ? await startNames() : undefined;
  const names = startedNames && cleanup.use(startedNames);
  const asksStorm = Object.keys(STORM_SERVERS).filter(asked);
  const storms = await Promise.all(asksStorm.map(async (name) => cleanup.use(await startServer(name))));
  const others = [...storms, ...(names ? [names] : [])];
  const values: Values = {
    plugins: PLUGINS,
    data: DATA,
    ...(asked("large") && { large: cleanup.use(writeLargePlugin()).file }),
    nscweb: NSC_WEB,
    prometheusplugin: PROMETHEUS,
    ...(await portsOf(
      SMALL_SERVERS.filter(([name]) => asked(name)),
      listening,
    )),
    ...(asked("sshd") &&
      hasServer("sshd") &&
      sshValues(cleanup.use(await Sshd.start({ address: ANYWHERE, config: MANY_LOGINS })))),
    ...(database && { postgresql: database.port }),
    ...(mariadb && { mariadb: mariadb.port }),
    ...(agent && { snmp: agent.port }),
    ...(names && { names: names.folder, withNames: WITH_NAMES, nameserver: names.address }),
    ...Object.assign({}, ...storms.map(({ values }) => values)),
  };
  const running = cleanup.move();
  const cpuMs = () => others.reduce((sum, other) => sum + other.cpuMs(), cpuMsOf(agent));
  return { values, cpuMs, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Servers of a few lines in this process, by the placeholder of their port. */
const SMALL_SERVERS: readonly (readonly [name: string, create: () => Server])[] = [
  ["tcp", () => createServer((socket) => socket.on("error", () => {}).end())],
  ["http", () => createHttpServer((_, response) => response.end(PAGE))],
  ["https", () => createSecure(PAGE)],
  [
    "prometheus",
    () => createHttpServer((request, response) => request.resume().on("end", () => response.end(VECTOR))),
  ],
  ["banner", () => createServer((socket) => say(socket, BANNER))],
  ["nt", () => createServer((socket) => say(socket, NSCLIENT))],
  ["smtp", () => createServer(serveMail)],
  ["agent", () => createSecure(AGENT_BODY)],
];

async function portsOf(
  servers: typeof SMALL_SERVERS,
  listening: (server: Server) => Promise<number>,
): Promise<Values> {
  const ports = await Promise.all(
    servers.map(async ([name, create]) => [name, await listening(create())] as const),
  );
  return Object.fromEntries(ports);
}

function createSecure(body: string): Server {
  const certificate = createCertificate({ notAfter: inDays(1) });
  return createHttpsServer(certificate, (_, response) => response.end(body));
}

async function listen(server: Server): Promise<AddressInfo> {
  server.listen(await freePort(), ANYWHERE);
  await once(server, "listening");
  return server.address() as AddressInfo;
}

function say(socket: Socket, text: string): void {
  socket.on("error", () => {}).resume();
  socket.write(text);
}

/** One answer for each line, as a mail server that is quick. */
function serveMail(socket: Socket): void {
  say(socket, "220 mail.example ESMTP\r\n");
  socket.on("data", (data) => socket.write(data.includes("QUIT") ? "221 bye\r\n" : "250 ok\r\n"));
}

function sshValues(sshd: Sshd): Values {
  const knownHosts = sshd.folder.file("known_hosts", sshd.knownHost("host_ed25519", "*"));
  return { sshd: sshd.port, sshkey: sshd.identity, knownhosts: knownHosts };
}

function cpuMsOf(agent: Snmpd | undefined): number {
  return agent?.pid === undefined ? 0 : (readStat(agent.pid)?.cpuMs ?? 0);
}
