import type { Socket } from "node:dgram";
import { type DemoService, plugin, service } from "./demo-object.ts";
import type { HostName } from "./hosts.ts";

type ObjectKind = "Integer" | "OctetString" | "Gauge" | "TimeTicks";

/** What the SNMP agent of a device tells. Object identifiers are numbers with dots. */
export interface Device {
  /** Objects of which there is one, without the last `.0`. */
  readonly scalars: Readonly<Record<string, readonly [kind: ObjectKind, read: () => number | string]>>;
  /** By the name of their entry; rows by their index, values in the order of the columns. */
  readonly tables: Readonly<
    Record<
      string,
      {
        readonly columns: Readonly<Record<number, ObjectKind>>;
        readonly rows: Readonly<Record<string, readonly (number | string)[]>>;
      }
    >
  >;
  /** Makes it an agent of SNMPv3 with SHA and AES. */
  readonly user?: { readonly name: string; readonly authPassword: string; readonly privPassword: string };
}

/** Answers SNMP for a device at this socket. */
export type StartAgent = (socket: Socket, device: Device) => Promise<void>;

/** A host that is asked by SNMP, and what the core checks of it. */
export interface DeviceHost {
  readonly host: HostName;
  readonly device: Device;
  /** `at` are the options that name the agent and say how it is asked. */
  readonly services: (at: string) => readonly DemoService[];
}

const SYSTEM = "1.3.6.1.2.1.1";
const IF_ENTRY = "1.3.6.1.2.1.2.2.1";
const CPU = "1.3.6.1.4.1.9.2.1.58";
const TEMPERATURE = "1.3.6.1.4.1.9.9.13.1.3.1";
const UPS = "1.3.6.1.2.1.33.1";
const SUPPLIES = "1.3.6.1.2.1.43.11.1.1";
const PORTS = 24;
/** The state of a port. */
const UP = 1;
/** This port of switch2 has a bad cable. */
const BAD_PORT = 7;
const BAD_PORT_ERRORS = 43;
/** Hundredths of a second that the devices were up when the demo began: 41 days. */
const UP_BEFORE = 41 * 8_640_000;
/** Percent that is left of each. */
const TONERS = { black: 64, cyan: 81, magenta: 77, yellow: 8 };
const startedMs = performance.now();
const USER = { name: "monitor", authPassword: "only-for-the-demo", privPassword: "only-for-the-demo-too" };

export const DEVICES: readonly DeviceHost[] = [
  networkSwitch("switch1", 0),
  networkSwitch("switch2", BAD_PORT_ERRORS),
  { host: "ups1", device: upsDevice(), services: upsServices },
  { host: "printer1", device: printerDevice(), services: printerServices },
];

/** The options that say how a device's agent is asked. */
export function loginOf({ user }: Device): string {
  if (user === undefined) return "-P 2c -C public";
  const { name, authPassword, privPassword } = user;
  return `-P 3 -L authPriv -U ${name} -a SHA -A ${authPassword} -x AES -X ${privPassword}`;
}

function systemOf(description: string): Device["scalars"] {
  return {
    [`${SYSTEM}.1`]: ["OctetString", () => description],
    [`${SYSTEM}.3`]: ["TimeTicks", () => Math.round(UP_BEFORE + (performance.now() - startedMs) / 10)],
  };
}

/** A value that moves slowly between two others. */
function moving(from: number, to: number): number {
  return Math.round(from + ((to - from) * (1 + Math.sin(performance.now() / 10_000))) / 2);
}

function networkSwitch(host: "switch1" | "switch2", errors: number): DeviceHost {
  const port = (number: number) => [
    ...[number, `GigabitEthernet0/${number}`, UP],
    number === BAD_PORT ? errors : 0,
  ];
  const rows = Array.from({ length: PORTS }, (_, at) => [String(at + 1), port(at + 1)] as const);
  const device: Device = {
    scalars: { ...systemOf(`${host}, 24 ports`), [CPU]: ["Gauge", () => moving(8, 21)] },
    tables: {
      [IF_ENTRY]: {
        columns: { 1: "Integer", 2: "OctetString", 8: "Integer", 14: "Gauge" },
        rows: Object.fromEntries(rows),
      },
      [TEMPERATURE]: { columns: { 3: "Gauge", 6: "Integer" }, rows: { 1: [34, 1] } },
    },
  };
  return { host, device, services: switchServices };
}

function switchServices(at: string): readonly DemoService[] {
  const snmp = (words: string) => plugin(`snmp ${at} ${words}`);
  return [
    service("uptime", snmp(`-o .${SYSTEM}.3.0`)),
    service("cpu", snmp(`-o .${CPU}.0 -w 80 -c 95 -l CPU -u %`)),
    service("temperature", snmp(`-o .${TEMPERATURE}.3.1 -w 45 -c 55 -l Temperature`)),
    ...Array.from({ length: PORTS }, (_, index) => {
      const port = index + 1;
      const objects = `.${IF_ENTRY}.8.${port},.${IF_ENTRY}.14.${port}`;
      return service(`port ${port}`, snmp(`-o ${objects} -w 1:1,20 -c 1:1,1000 -l status,errors`));
    }),
  ];
}

function upsDevice(): Device {
  return {
    user: USER,
    scalars: {
      ...systemOf("UPS 3000"),
      [`${UPS}.2.1`]: ["Integer", () => 2],
      [`${UPS}.2.3`]: ["Integer", () => moving(51, 58)],
      [`${UPS}.2.4`]: ["Integer", () => 100],
      [`${UPS}.2.7`]: ["Integer", () => moving(23, 26)],
    },
    tables: {
      [`${UPS}.3.3.1`]: { columns: { 3: "Integer" }, rows: { 1: [231] } },
      [`${UPS}.4.4.1`]: { columns: { 5: "Integer" }, rows: { 1: [37] } },
    },
  };
}

function upsServices(at: string): readonly DemoService[] {
  const snmp = (words: string) => plugin(`snmp ${at} ${words}`);
  return [
    service("battery", snmp(`-o .${UPS}.2.1.0 -w 2:2 -c 2:3 -l 'battery status'`)),
    service("charge", snmp(`-o .${UPS}.2.4.0 -w 80: -c 40: -l charge -u %`)),
    service("runtime", snmp(`-o .${UPS}.2.3.0 -w 20: -c 10: -l runtime -u min`)),
    service("temperature", snmp(`-o .${UPS}.2.7.0 -w 35 -c 45 -l temperature`)),
    service("input voltage", snmp(`-o .${UPS}.3.3.1.3.1 -w 215:245 -c 207:253 -l input -u V`)),
    service("load", snmp(`-o .${UPS}.4.4.1.5.1 -w 80 -c 95 -l load -u %`)),
  ];
}

function printerDevice(): Device {
  const rows = Object.entries(TONERS).map(
    ([name, left], at) => [`1.${at + 1}`, [`${name} toner`, left]] as const,
  );
  return {
    scalars: systemOf("Laser printer"),
    tables: {
      [SUPPLIES]: { columns: { 6: "OctetString", 9: "Integer" }, rows: Object.fromEntries(rows) },
      "1.3.6.1.2.1.43.10.2.1": { columns: { 4: "Gauge" }, rows: { "1.1": [18_204] } },
    },
  };
}

function printerServices(at: string): readonly DemoService[] {
  const snmp = (words: string) => plugin(`snmp ${at} ${words}`);
  return [
    service("pages", snmp("-o .1.3.6.1.2.1.43.10.2.1.4.1.1 -l pages")),
    ...Object.keys(TONERS).map((name, index) =>
      service(`toner ${name}`, snmp(`-o .${SUPPLIES}.9.1.${index + 1} -w 10: -c 3: -l ${name} -u %`)),
    ),
  ];
}
