import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check } from "../../../sdk/check.ts";
import { Outage } from "../servers/outage.ts";
import { type Place, Servers } from "../servers/servers.ts";
import { REDIS_SERVER } from "../servers/text-server.ts";
import { type DemoObject, type DemoService, plugin, service } from "./demo-object.ts";
import { DEVICES, loginOf, type StartAgent } from "./devices.ts";
import { HOSTS, type HostName } from "./hosts.ts";
import { findLack, isThere, localServices, quote } from "./monitor.ts";
import { SHOP_SERVERS } from "./shop.ts";

export interface SiteOptions {
  readonly checks: readonly Check[];
  /** Undefined: the site has no hosts that are asked by SNMP. */
  readonly startAgent?: StartAgent | undefined;
  readonly jobServer: Place;
  /** `PATH`, in which programs are looked for. */
  readonly searchPath: string;
}

/** A small data centre: servers that run in this process, and what a core checks of them. */
export interface Site extends AsyncDisposable {
  readonly objects: readonly DemoObject[];
  /** What cannot be checked on this machine, and why, one each. */
  readonly missing: readonly string[];
}

type SiteService = DemoService & { readonly host: HostName };

const SNMP = 1161;
const SIP = 5060;
const REDIS = 6379;
const APP_PORT = 8080;
const REDIS_GOES_AFTER_MS = 20_000;
const HOST_EVERY_MS = 5_000;
const PING_EVERY_MS = 10_000;
const PINGED: readonly HostName[] = ["lb1", "web1", "db1", "mail1", "switch1"];

/** Starts the servers of the site. All is closed with it. */
export async function startSite(options: SiteOptions): Promise<Site> {
  await using closing = new AsyncDisposableStack();
  const servers = closing.use(new Servers());
  const services: SiteService[] = [];
  const app = await startShop(servers, services);
  await startVoip(servers, services);
  if (options.startAgent !== undefined) await startDevices(servers, services, options.startAgent);
  services.push(await startCache(servers, closing));
  const missing = addLocalServices(services, { ...options, app });
  const noPings = findMissingPings(options);
  if (noPings === undefined) services.push(...PINGED.map(pingService));
  else missing.unshift(`pings: ${noPings}`);
  const owned = closing.move();
  return {
    objects: objectsOf(services, noPings === undefined),
    missing,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Resolves to the place of the shop's application. */
async function startShop(servers: Servers, services: SiteService[]): Promise<Place> {
  const ports = new Map<string, number>();
  const find = (host: HostName, usualPort: number) => ports.get(`${host} ${usualPort}`) ?? usualPort;
  for (const { host, port: usualPort, create, services: servicesAt } of SHOP_SERVERS) {
    const { address, port } = await servers.tcp(create(find), { address: HOSTS[host], port: usualPort });
    ports.set(`${host} ${usualPort}`, port);
    services.push(...servicesAt(`-H ${address} -p ${port}`, port).map((each) => ({ ...each, host })));
  }
  return { address: HOSTS.app1, port: find("app1", APP_PORT) };
}

/** A telephone system, which answers SIP over UDP. */
async function startVoip(servers: Servers, services: SiteService[]): Promise<void> {
  const { socket, address, port } = await servers.udp({ address: HOSTS.voip1, port: SIP });
  socket.on("message", (_, from) => socket.send("SIP/2.0 200 OK\r\n\r\n", from.port, from.address));
  const line = `udp -H ${address} -p ${port} -s 'OPTIONS sip:shop@${address} SIP/2.0' -e 'SIP/2.0 200 OK'`;
  services.push({ ...service("sip over udp", plugin(line)), host: "voip1" });
}

async function startDevices(
  servers: Servers,
  services: SiteService[],
  startAgent: StartAgent,
): Promise<void> {
  for (const { host, device, services: servicesAt } of DEVICES) {
    const { socket, address, port } = await servers.udp({ address: HOSTS[host], port: SNMP });
    await startAgent(socket, device);
    const at = `-H ${address} -p ${port} ${loginOf(device)}`;
    services.push(...servicesAt(at).map((each) => ({ ...each, host })));
  }
}

/** A cache that goes away again and again. Its event handler asks for a restart. */
async function startCache(servers: Servers, closing: AsyncDisposableStack): Promise<SiteService> {
  const folder = mkdtempSync(join(tmpdir(), "omd-worker-demo-"));
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = REDIS_SERVER();
  const place = await servers.tcp(server, { address: HOSTS.cache1, port: REDIS });
  const restartFile = join(folder, "restart-redis");
  closing.use(new Outage(server, { place, restartFile, goesAfterMs: REDIS_GOES_AFTER_MS }));
  const line = `tcp -H ${place.address} -p ${place.port} -E -s 'PING\\r\\n' -e +PONG -q 'QUIT\\r\\n'`;
  const eventHandler = `echo restart >${quote(restartFile)}`;
  return { ...service("redis", plugin(line), { eventHandler }), host: "cache1" };
}

interface LocalOptions extends SiteOptions {
  readonly app: Place;
}

/** Returns what is left out. */
function addLocalServices(services: SiteService[], { app, jobServer, searchPath }: LocalOptions): string[] {
  const at = ({ address, port }: Place) => `-H ${address} -p ${port}`;
  const missing: string[] = [];
  for (const each of localServices({ app: at(app), jobServer: at(jobServer) })) {
    const lack = findLack(each, searchPath);
    if (lack === undefined) services.push(each);
    else missing.push(`${each.host} ${each.service}: ${lack}`);
  }
  return missing;
}

/** The worker sends pings with a program in Perl. */
function findMissingPings({ checks, searchPath }: SiteOptions): string | undefined {
  if (!isThere("perl", searchPath)) return "no perl";
  return checks.find(({ name }) => name === "check_icmp")?.whyNotHere?.();
}

function pingService(host: HostName): SiteService {
  const line = `ping -H ${HOSTS[host]} -w 500,20% -c 2000,60% -p 2`;
  return { ...service("ping", plugin(line), { intervalMs: PING_EVERY_MS }), host };
}

function objectsOf(services: readonly SiteService[], canPing: boolean): readonly DemoObject[] {
  return Object.entries(HOSTS).flatMap(([host, address]) => {
    const own = services.filter((each) => each.host === host);
    const line = canPing
      ? `icmp -H ${address} -n 1 -w 2000,40% -c 5000,80%`
      : 'dummy 0 "taken for up, as no pings can be sent here"';
    const { service: _, ...itself } = service("", plugin(line), { intervalMs: HOST_EVERY_MS });
    return own.length === 0 ? [] : [{ ...itself, host, service: undefined }, ...own];
  });
}
