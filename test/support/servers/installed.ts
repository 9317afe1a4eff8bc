import { accessSync, chmodSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { execa } from "execa";
import { mayPing } from "../processes/icmp-socket.ts";
import { mayHaveNames } from "../processes/name-namespace.ts";
import { mayHaveNetwork } from "../processes/network-namespace.ts";
import { mayHaveProcessIds } from "../processes/process-namespace.ts";

interface Server {
  readonly package: string;
  readonly binary: string;
  /** Names the tests that are not run without this package. */
  readonly for: string;
}

/** Programs that no package of Debian has. A variable names the file of each. */
const NAMED_PROGRAMS: readonly (readonly [variable: string, suites: string])[] = [
  ["GEARMAND_TLS", "suites on a gearmand that was built with TLS"],
  ["CHECK_PROMETHEUS", "suites that compare with check_prometheus"],
  ["CHECK_NSC_WEB", "suites that compare with check_nsc_web"],
  ["CHECK_MSSQL_HEALTH", "suites that compare with check_mssql_health"],
  ["THRUK", "suites on a real Thruk"],
  ["INFLUXDB2", "suites on a real InfluxDB 2"],
];

const WARM = "suites that run Debian's Perl and Python plugins warm and executed";

/** Debian packages with programs that tests need. A test asks for them by these names. */
const SERVERS = {
  gearmand: { package: "gearman-job-server", binary: "gearmand", for: "suites on a real gearmand" },
  stunnel: { package: "stunnel4", binary: "stunnel4", for: "suites on a gearmand behind TLS" },
  check_dummy: {
    package: "monitoring-plugins-basic",
    binary: "/usr/lib/nagios/plugins/check_dummy",
    for: "suites that compare with Debian's plugins",
  },
  check_fping: {
    package: "monitoring-plugins-standard",
    binary: "/usr/lib/nagios/plugins/check_fping",
    for: "suites that compare with check_fping",
  },
  fping: { package: "fping", binary: "fping", for: "suites that compare with check_fping, which needs it" },
  script: { package: "bsdutils", binary: "script", for: "suites in a pseudo-terminal" },
  ip: { package: "iproute2", binary: "ip", for: "suites in a network namespace" },
  busybox: { package: "busybox", binary: "busybox", for: "shells other than dash: busybox" },
  bash: { package: "bash", binary: "bash", for: "shells other than dash: bash" },
  snmpd: { package: "snmpd", binary: "/usr/sbin/snmpd", for: "suites on a real snmpd" },
  snmpget: { package: "snmp", binary: "snmpget", for: "suites that compare with check_snmp, which needs it" },
  sshd: { package: "openssh-server", binary: "/usr/sbin/sshd", for: "suites on a real sshd" },
  postgresql: {
    package: "postgresql",
    // pg_createcluster is of postgresql-common, the server's folder has its version in its name.
    binary: "/usr/bin/pg_ctlcluster",
    for: "suites on a real PostgreSQL",
  },
  pgbouncer: { package: "pgbouncer", binary: "/usr/sbin/pgbouncer", for: "suites on a real pgbouncer" },
  check_pgsql: {
    package: "monitoring-plugins-standard",
    binary: "/usr/lib/nagios/plugins/check_pgsql",
    for: "suites that compare with check_pgsql",
  },
  mariadb: { package: "mariadb-server", binary: "/usr/sbin/mariadbd", for: "suites on a real MariaDB" },
  check_mysql: {
    package: "monitoring-plugins-standard",
    binary: "/usr/lib/nagios/plugins/check_mysql",
    for: "suites that compare with check_mysql",
  },
  nrpe: { package: "nagios-nrpe-server", binary: "/usr/sbin/nrpe", for: "suites on a real nrpe" },
  check_nrpe: {
    package: "nagios-nrpe-plugin",
    binary: "/usr/lib/nagios/plugins/check_nrpe",
    for: "suites that compare with check_nrpe",
  },
  named: { package: "bind9", binary: "/usr/sbin/named", for: "suites on a real BIND" },
  check_dns: {
    package: "monitoring-plugins-standard",
    binary: "/usr/lib/nagios/plugins/check_dns",
    for: "suites that compare with check_dns",
  },
  nslookup: {
    package: "bind9-dnsutils",
    binary: "nslookup",
    for: "suites that compare with check_dns, which needs it",
  },
  smtpd: { package: "opensmtpd", binary: "/usr/sbin/smtpd", for: "suites on a real mail server" },
  check_curl: {
    package: "liburiparser1",
    // check_curl is there with the other plugins, but does not start without this library.
    binary: "/usr/share/doc/liburiparser1",
    for: "suites that compare with check_curl",
  },
  libcurl: {
    package: "libcurl4",
    // So it is with this one, which has no file whose name is the same on all machines.
    binary: "/usr/share/doc/libcurl4",
    for: "suites that compare with check_curl, which needs it",
  },
  openssl: { package: "openssl", binary: "openssl", for: "tests of chains of certificates" },
  icinga2: { package: "icinga2-bin", binary: "/usr/sbin/icinga2", for: "suites on a real Icinga 2" },
  "icinga2-common": {
    package: "icinga2-common",
    binary: "/usr/share/doc/icinga2-common",
    for: "suites on a real Icinga 2",
  },
  nagios4: { package: "nagios4-core", binary: "/usr/sbin/nagios4", for: "suites on a real Nagios" },
  git: { package: "git", binary: "git", for: "suites that push to a git repository" },
  influxd: { package: "influxdb", binary: "influxd", for: "suites on a real InfluxDB" },
  victoriametrics: {
    package: "victoria-metrics",
    binary: "victoria-metrics",
    for: "suites on a real VictoriaMetrics",
  },
  prometheus: { package: "prometheus", binary: "prometheus", for: "suites on a real Prometheus" },
  tsql: { package: "freetds-bin", binary: "tsql", for: "suites that ask the TDS server with FreeTDS" },
  nginx: { package: "nginx-light", binary: "nginx", for: "suites on a real nginx" },
  // The perl program is in perl-base, too; pod2text is not.
  perl: { package: "perl", binary: "pod2text", for: "suites with Perl plugins" },
  python3: { package: "python3", binary: "python3", for: "suites with Python plugins" },
  check_mysql_health: {
    package: "monitoring-plugins-contrib",
    binary: "/usr/lib/nagios/plugins/check_mysql_health",
    for: WARM,
  },
  gettext: {
    package: "liblocale-gettext-perl",
    binary: "/usr/share/doc/liblocale-gettext-perl",
    for: WARM,
  },
  check_logfiles: {
    package: "monitoring-plugins-check-logfiles",
    binary: "/usr/lib/nagios/plugins/check_logfiles",
    for: WARM,
  },
  check_systemd: {
    package: "monitoring-plugins-systemd",
    binary: "/usr/lib/nagios/plugins/check_systemd",
    for: WARM,
  },
  check_snmp_load: {
    package: "nagios-snmp-plugins",
    binary: "/usr/lib/nagios/plugins/check_snmp_load.pl",
    for: WARM,
  },
  check_rabbitmq: {
    package: "nagios-plugins-rabbitmq",
    binary: "/usr/bin/check_rabbitmq_overview",
    for: WARM,
  },
  check_multi: {
    package: "nagios-plugin-check-multi",
    binary: "/usr/lib/nagios/plugins/check_multi",
    for: WARM,
  },
  check_pgactivity: {
    package: "check-pgactivity",
    binary: "/usr/lib/nagios/plugins/check_pgactivity",
    for: WARM,
  },
  chromium: { package: "chromium", binary: "chromium", for: "suites of the status page in a browser" },
  man: { package: "man-db", binary: "man", for: "suites that read the man pages with man" },
  groff: { package: "groff-base", binary: "groff", for: "suites that read the man pages with groff" },
  mandoc: { package: "mandoc", binary: "mandoc", for: "suites that read the man pages with mandoc" },
  zsh: { package: "zsh", binary: "zsh", for: "suites that complete words in zsh" },
  fish: { package: "fish", binary: "fish", for: "suites that complete words in fish" },
  pip: {
    package: "python3-pip",
    binary: "pip3",
    for: "suites that check the chart's objects against the schemas of Kubernetes, and hadolint on the Dockerfile",
  },
  promtool: { package: "prometheus", binary: "promtool", for: "checks of the metrics with promtool" },
  logrotate: { package: "logrotate", binary: "/usr/sbin/logrotate", for: "suites with a real logrotate" },
  logger: { package: "bsdutils", binary: "logger", for: "suites that compare with logger" },
  "systemd-analyze": {
    package: "systemd",
    binary: "systemd-analyze",
    for: "suites that look at the units of systemd",
  },
} as const satisfies Record<string, Server>;

type ServerName = keyof typeof SERVERS;

const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];
const POLICY = "/usr/sbin/policy-rc.d";
const APT = { timeout: 600_000, env: { DEBIAN_FRONTEND: "noninteractive" }, stdin: "ignore" } as const;

/** For `describe.skipIf(!hasServer("gearmand"))`. */
export function hasServer(name: ServerName): boolean {
  return isInstalled(SERVERS[name]);
}

/**
 * vitest's global setup: installs missing packages if it may, and has one folder for all temporary files. At
 * the end of the run it names the tests that were not run.
 */
export default async function provideServers(): Promise<() => void> {
  const wanted = missing();
  const failure = wanted.length > 0 && mayInstall() ? await install(wanted) : undefined;
  const lacking = describeMissing(missing());
  const lines = [...lacking, ...forbidden(), ...unnamed()].map((line) => `  ${line}`);
  const { CI } = process.env;
  const hint =
    lacking.length > 0 && !mayInstall() ? ["On Debian, `npm test` as root installs the packages."] : [];
  const text = ["Not run:", ...lines, ...hint, ...(failure ? [failure] : [])].join("\n");
  if (CI === "true" && lacking.length > 0) throw new Error(text);
  const removeFolder = useTemporaryFolder();
  return () => {
    removeFolder();
    if (lines.length > 0) console.warn(text);
  };
}

/** What no package of Debian can help with, so this is reported but is no failure. */
function forbidden(): readonly string[] {
  return [
    ...(mayHaveNetwork() ? [] : ["suites in a network namespace (not allowed here: unshare -n)"]),
    ...(mayHaveNames() ? [] : ["suites with name servers (not allowed here: unshare -n -m)"]),
    ...(mayHaveProcessIds() ? [] : ["a test of two containers (not allowed here: unshare --pid)"]),
    ...(mayPing() ? [] : ["suites that send pings (no ICMP socket for IPv4 and IPv6 may be opened here)"]),
  ];
}

/** Nor is this a failure: whoever has the program names it. */
function unnamed(): readonly string[] {
  const without = NAMED_PROGRAMS.filter(([variable]) => process.env[variable] === undefined);
  return without.map(([variable, suites]) => `${suites} (${variable}=FILE names it)`);
}

/** A line for each kind of suite. */
function describeMissing(servers: readonly Server[]): readonly string[] {
  const kinds = Map.groupBy(servers, (server) => server.for);
  return [...kinds].map(([kind, all]) => `${kind} (Debian: ${all.map((each) => each.package).join(", ")})`);
}

/** What tests that are skipped or killed leave behind goes with it. Each user may write there, as in /tmp. */
function useTemporaryFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "omd-test-"));
  chmodSync(folder, 0o1777);
  Object.assign(process.env, { TMPDIR: folder });
  return () => rmSync(folder, { recursive: true, force: true });
}

function missing(): readonly Server[] {
  return Object.values(SERVERS).filter((server) => !isInstalled(server));
}

function isInstalled({ binary }: Server): boolean {
  if (isAbsolute(binary)) return isExecutable(binary);
  const { PATH = "" } = process.env;
  const folders = [...PATH.split(delimiter), ...SYSTEM_FOLDERS];
  return folders.some((folder) => isExecutable(join(folder, binary)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

/** Returns an error text; undefined when all went well. */
async function install(servers: readonly Server[]): Promise<string | undefined> {
  const packages = servers.map((server) => server.package);
  console.warn(`Tests need Debian packages, which are installed first: ${packages.join(", ")}`);
  const allowStarts = forbidStarts();
  try {
    await execa("apt-get", ["update"], APT);
    await execa("apt-get", ["install", "-y", "--no-install-recommends", ...packages], APT);
    return undefined;
  } catch (error) {
    return `apt-get could not install ${packages.join(", ")}: ${error instanceof Error ? error.message : error}`;
  } finally {
    allowStarts();
  }
}

/**
 * Debian starts a daemon when it is installed. A policy that answers 101 forbids that. Returns a function
 * that removes the policy.
 */
function forbidStarts(): () => void {
  if (existsSync(POLICY)) return () => {};
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(POLICY, { force: true });
}
