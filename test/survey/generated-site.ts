/** The objects.cache and resource.cfg of a site of this size, with macros as real ones have. */
export function generateSite({ hosts, services }: { readonly hosts: number; readonly services: number }) {
  const commands = COMMANDS.map(([name, line]) =>
    define("command", { command_name: name, command_line: line }),
  );
  const names = Array.from({ length: hosts }, (_, at) => `host-${at}`);
  const groups = [0, 1, 2].map((group) =>
    define("hostgroup", {
      hostgroup_name: `group-${group}`,
      members: names.filter((_, at) => at % 3 === group).join(","),
    }),
  );
  const ofHosts = names.map((name, at) =>
    define("host", {
      host_name: name,
      alias: `Server ${at}`,
      address: `192.0.2.${at % 254}`,
      check_command: "check-host-alive",
      check_interval: "1.000000",
      active_checks_enabled: "1",
      _SNMPCOMMUNITY: `secret-${at}`,
      _PORT: String(1000 + at),
    }),
  );
  const ofServices = Array.from({ length: services }, (_, at) => {
    const [command = "", ...args] = CALLS[at % CALLS.length] ?? [];
    return define("service", {
      host_name: names[at % hosts] ?? "",
      service_description: `Service ${Math.floor(at / hosts)} of ${command}`,
      check_command: [command, ...args].join("!"),
      check_interval: "1.000000",
      active_checks_enabled: "1",
    });
  });
  return {
    cache: [...commands, ...groups, ...ofHosts, ...ofServices].join("\n"),
    resources: "$USER1$=/usr/lib/nowhere/plugins\n$USER3$=S3cr3t!Pass\n",
  };
}

const COMMANDS = [
  ["check-host-alive", "$USER1$/check_icmp -H $HOSTADDRESS$ -w 3000.0,80% -c 5000.0,100% -n 3"],
  ["snmp", "$USER1$/check_snmp -H $HOSTADDRESS$ -P 2c -C $_HOSTSNMPCOMMUNITY$ -o $ARG1$"],
  ["tcp", "$USER1$/check_tcp -H $HOSTADDRESS$ -p $_HOSTPORT$ -t $ARG1$"],
  ["http", "$USER1$/check_http -H $HOSTNAME$.example.org -I $HOSTADDRESS$ -u $ARG1$ -a 'probe:$USER3$'"],
  ["own", '$USER1$/check_own.pl --host "$HOSTALIAS$" --groups $HOSTGROUPNAMES$ --password "$USER3$" $ARG1$'],
  ["pipe", "ps -ef | grep -c $ARG1$"],
] as const;

const CALLS: readonly (readonly string[])[] = [
  ["snmp", ".1.3.6.1.2.1.1.3.0"],
  ["tcp", "5"],
  ["http", "/status?host=$HOSTNAME$"],
  ["http", "/health --unknown-option"],
  ["own", "--mode=x"],
  ["pipe", "cron"],
];

function define(kind: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `\t${key}\t${value}\n`);
  return `define ${kind} {\n${lines.join("")}\t}\n`;
}
