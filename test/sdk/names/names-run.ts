/** The program that names.test.ts starts where it may: `names-run.ts FOLDER SCENARIO`. It prints JSON. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkTcp } from "../../../plugins/tcp/check_tcp.ts";
import { type Family, ResolveError, type Resolver } from "../../../sdk/index.ts";
import { LookupPool } from "../../../sdk/names/lookup-pool.ts";
import { Resolver as OwnResolver } from "../../../sdk/resolve.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { execute, findPlugin } from "../../plugins/core/real-plugins.ts";
import { NAME_SERVER } from "../../support/processes/name-namespace.ts";
import { NAME_SERVER_PROGRAM } from "../../support/servers/name-server.ts";

export interface Said {
  readonly host: string;
  readonly returnCode: number;
  readonly output: string;
}

export interface Compared {
  readonly native: readonly Said[];
  readonly plugin: readonly Said[];
}

export interface Found {
  /** The addresses, or the error's text. */
  readonly resolver: string;
  readonly getaddrinfo: string;
}

const PATIENCE_MS = 300_000;
/** Perl's Socket hands everything to getaddrinfo as it stands. */
const ASK = `use Socket qw(getaddrinfo getnameinfo NI_NUMERICHOST NIx_NOSERV SOCK_STREAM AF_INET AF_INET6);
my ($host, $family) = @ARGV;
my $hints = {socktype => SOCK_STREAM, family => {0 => 0, 4 => AF_INET, 6 => AF_INET6}->{$family}};
my ($error, @found) = getaddrinfo($host, "", $hints);
print $error ? "$error" : join " ", map { (getnameinfo($_->{addr}, NI_NUMERICHOST, NIx_NOSERV))[1] } @found;`;

const SCENARIOS = { storms, hosts, getaddrinfo, changes, ends, distance } as const;
export type ScenarioName = keyof typeof SCENARIOS;

interface Place {
  /** Where the name files are. */
  readonly folder: string;
  readonly port: number;
}

async function main(folder: string, name: ScenarioName): Promise<void> {
  const words = [NAME_SERVER_PROGRAM, NAME_SERVER];
  const server = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
  await once(server.stdout, "data");
  const target = createServer((socket) => socket.on("error", () => {}).end());
  target.listen({ host: "127.0.0.1", port: 0, backlog: 2_000 });
  await once(target, "listening");
  const { port } = target.address() as AddressInfo;
  const result = await SCENARIOS[name]({ folder, port });
  // biome-ignore lint/suspicious/noConsole: the program prints its result
  console.log(JSON.stringify(result));
  target.close();
  server.stdin.end();
}

function numbered(beginning: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${beginning}${at}.test`);
}

/**
 * 300 names each of a server that is silent, slow, and far away: all at once. The plugin is asked for one in
 * ten: 900 processes would keep the name server from answering in the time that getaddrinfo gives it.
 */
async function storms({ port }: Place): Promise<Compared> {
  const names = ["silent", "slow", "far"].flatMap((beginning) => numbered(beginning, 300));
  await using shared = new SharedValues({ log: () => {} });
  const [native, plugin] = await Promise.all([
    Promise.all(names.map((host) => ask({ host, port, shared }))),
    Promise.all(names.filter((_, at) => at % 10 === 0).map((host) => askPlugin(host, port))),
  ]);
  return { native, plugin };
}

/** 100 new names a second, each 50 ms away. */
async function distance({ port }: Place): Promise<readonly Said[]> {
  await using shared = new SharedValues({ log: () => {} });
  const asked: Promise<Said>[] = [];
  for (const host of numbered("far", 400)) {
    asked.push(ask({ host, port, shared }));
    await pause(10);
  }
  return await Promise.all(asked);
}

/** The order in which checks end: 40 silent names, and then 20 of /etc/hosts and 20 addresses. */
async function hosts({ folder, port }: Place): Promise<readonly Said[]> {
  const local = numbered("local", 20);
  writeFileSync(
    join(folder, "hosts"),
    ["127.0.0.1 localhost", `127.0.0.1 ${local.join(" ")}`, ""].join("\n"),
  );
  await using shared = new SharedValues({ log: () => {} });
  const ended: Said[] = [];
  const addresses = Array.from({ length: 20 }, (_, at) => `127.0.1.${at}`);
  const all = [...numbered("silent", 40), ...local, ...addresses];
  await Promise.all(all.map(async (host) => ended.push(await ask({ host, port, shared }))));
  return ended;
}

interface Asked {
  readonly host: string;
  readonly port: number;
  readonly shared: SharedValues;
}

async function ask({ host, port, shared }: Asked): Promise<Said> {
  const argv = ["-H", host, "-p", String(port), "-t", "60"];
  const { returnCode, output } = await runCheck(checkTcp, argv, { shared, timeoutMs: PATIENCE_MS });
  return { host, returnCode, output };
}

async function askPlugin(host: string, port: number): Promise<Said> {
  const words = [findPlugin("check_tcp") ?? "", "-H", host, "-p", String(port), "-t", "60"];
  const outcome = await execute({ words, environment: [] }, PATIENCE_MS);
  if (outcome.kind !== "exited") return { host, returnCode: -1, output: outcome.kind };
  return { host, returnCode: outcome.returnCode, output: outcome.stdout.trimEnd() };
}

/** Names and families, each asked for in a process of the pool, and by a C program of the machine's own. */
async function getaddrinfo({ folder }: Place): Promise<Readonly<Record<string, Found>>> {
  writeFileSync(
    join(folder, "hosts"),
    "127.0.0.1 localhost\n127.0.0.2 twin\n127.0.0.3 twin\n::1 twin6\n127.0.0.4 mixed\n::1 mixed\n",
  );
  writeFileSync(join(folder, "resolv.conf"), `search none.test found.test\nnameserver ${NAME_SERVER}\n`);
  using own = await createOwn();
  const hosts = ["twin", "twin6", "mixed", "both.test", "web", "none.test", "web.", "a..b", "-a.test"];
  const odd = ["127.1", "xn--a.test", "UP.test", "%", "a b", "x".repeat(300)];
  const found: Record<string, Found> = {};
  for (const host of [...hosts, ...odd]) {
    for (const family of [0, 4, 6] as const) {
      found[`${host} ${family}`] = {
        resolver: await describe(own.resolver, host, family),
        getaddrinfo: await askC(host, family),
      };
    }
  }
  return found;
}

/** What a process of the pool, which lives on, makes of changed files. */
async function changes({ folder }: Place): Promise<readonly string[]> {
  using own = await createOwn();
  const said: string[] = [];
  const look = async (host: string) => said.push(await describe(own.resolver, host, 0));
  const change = (name: string, text: string) => writeFileSync(join(folder, name), text);
  change("resolv.conf", "nameserver 127.0.0.99\n");
  await look("web");
  change("resolv.conf", `nameserver ${NAME_SERVER}\n`);
  await look("web");
  change("hosts", "127.0.0.9 web\n");
  await look("web");
  change("hosts", "127.0.0.10 web\n");
  await look("web");
  return said;
}

/** How many processes ask for names: while name servers are silent, and after the end of the resolver. */
async function ends(): Promise<readonly number[]> {
  const own = await createOwn();
  const before = countChildren();
  const asked = numbered("silent", 100).map((host) => describe(own.resolver, host, 0));
  await own.isReady();
  const meanwhile = countChildren() - before;
  own[Symbol.dispose]();
  await Promise.all(asked);
  while (countChildren() > before) await pause(20);
  return [meanwhile, countChildren() - before];
}

function countChildren(): number {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === process.pid).length;
}

function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return 0;
  }
}

/** A resolver that asks in processes only: both threads of its own are taken, one by a quick name. */
async function createOwn() {
  const pool = new LookupPool({ warn: () => {} });
  const answers = [Promise.resolve([])];
  const ask = () => answers.shift() ?? new Promise<never>(() => {});
  const resolver = new OwnResolver(ask, { processes: pool });
  const { signal } = new AbortController();
  await resolver.resolve("quick", 0, signal);
  for (const host of ["new", "quick"]) resolver.resolve(host, 0, signal, { anew: true }).catch(() => {});
  const isReady = async () => {
    while (!pool.isReady) await pause(20);
  };
  return { resolver, isReady, [Symbol.dispose]: () => resolver[Symbol.dispose]() };
}

async function describe(resolver: Resolver, host: string, family: Family): Promise<string> {
  try {
    const found = await resolver.resolve(host, family, AbortSignal.timeout(PATIENCE_MS), { anew: true });
    return found.map(({ address }) => address).join(" ");
  } catch (error) {
    return error instanceof ResolveError ? error.message : String(error);
  }
}

async function askC(host: string, family: Family): Promise<string> {
  const outcome = await execute({ words: ["perl", "-e", ASK, "--", host, String(family)], environment: [] });
  return outcome.kind === "exited" ? outcome.stdout : outcome.kind;
}

if (import.meta.main) await main(process.argv[2] ?? "", process.argv[3] as ScenarioName);
