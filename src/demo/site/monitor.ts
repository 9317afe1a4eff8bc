import { accessSync, constants } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ByteString, toByteString } from "../../byte-string.ts";
import { type DemoService, plugin, service } from "./demo-object.ts";
import type { HostName } from "./hosts.ts";

/** A service whose check needs programs or files, which this machine may lack. */
export interface LocalService extends DemoService {
  readonly host: HostName;
  /** Absolute paths, or names that are looked for in PATH. */
  readonly needs: readonly string[];
}

const SLOW_MS = 5_000;
const EVERY_MS = { intervalMs: SLOW_MS };
/** A mount of a file server that is away: it hangs until the time-out. */
const HANGS = { intervalMs: SLOW_MS, timeout: 2 };
/** So high that no usual machine is over them. */
const LOAD = "-w 500,500,500 -c 1000,1000,1000";

export interface LocalPlaces {
  /** `-H ADDRESS -p PORT` of app1's web server. */
  readonly app: string;
  /** The same of the job server. */
  readonly jobServer: string;
}

/** What this machine is asked of itself, and what is started on it. */
export function localServices({ app, jobServer }: LocalPlaces): readonly LocalService[] {
  const [orders, stock] = [pluginFile("check_orders.pl"), pluginFile("check_stock.py")];
  return [
    on("files1", ["/bin/sleep"], service("nfs mount", "/bin/sleep 30", HANGS)),
    on("app1", ["/usr/bin/perl", orders], service("orders", `${quote(orders)} ${app} -w 100 -c 500`)),
    on("app1", ["/usr/bin/python3", stock], service("stock", `${quote(stock)} ${app} -w 10 -c 50`)),
    here([], service("job server", plugin(`tcp ${jobServer}`))),
    here(["/proc/loadavg"], service("load", plugin(`load ${LOAD}`), EVERY_MS)),
    here(["/proc/1/stat"], service("processes", plugin("procs -w 20000 -c 50000"), EVERY_MS)),
    here(["/proc/meminfo"], service("swap", plugin("swap -n ok -w 2 -c 1"), EVERY_MS)),
    here(
      ["df", "awk"],
      service("root disk", 'df -P / | awk \'NR==2 {print "DISK OK - " $5 " used|used=" $5}\'', EVERY_MS),
    ),
    here(
      ["/proc/meminfo", "awk"],
      service(
        "memory",
        'awk \'/^MemAvailable/ {print "MEMORY OK - " int($2/1024) " MiB available"}\' /proc/meminfo',
        EVERY_MS,
      ),
    ),
    here(
      ["/proc/uptime", "cut", "xargs"],
      service("uptime", "cut -d. -f1 /proc/uptime | xargs printf 'UPTIME OK - %s seconds\\n'", EVERY_MS),
    ),
    here(["/bin/uname"], service("kernel", "/bin/uname -sr", EVERY_MS)),
    here(["/bin/date"], service("clock", '/bin/date "+CLOCK OK - %H:%M:%S"', EVERY_MS)),
  ];
}

function on(host: HostName, needs: readonly string[], wanted: DemoService): LocalService {
  return { ...wanted, host, needs };
}

function here(needs: readonly string[], wanted: DemoService): LocalService {
  return on("monitor1", needs, wanted);
}

function pluginFile(name: string): string {
  return fileURLToPath(new URL(`plugins/${name}`, import.meta.url));
}

/** A word for a command line. A path of usual characters stays as it is, as in usual command lines. */
export function quote(path: string): ByteString {
  return /^[\w./+-]+$/.test(path) ? path : toByteString(`'${path.replaceAll("'", "'\\''")}'`);
}

/** Why a service cannot be checked here. Undefined: it can. */
export function findLack({ needs }: LocalService, searchPath: string): string | undefined {
  const lacking = needs.find((need) => !isThere(need, searchPath));
  return lacking === undefined ? undefined : `no ${lacking}`;
}

/** Files of /proc are read, all others are started. */
export function isThere(need: string, searchPath: string): boolean {
  if (!need.includes("/")) return searchPath.split(":").some((folder) => isThere(`${folder}/${need}`, ""));
  try {
    accessSync(need, need.startsWith("/proc/") ? constants.R_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
