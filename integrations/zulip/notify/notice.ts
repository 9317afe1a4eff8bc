/** What a core tells of a host or a service, as its macros say it. */
export interface Notice {
  /** When the core told it, in milliseconds since the epoch. */
  readonly time: number;
  readonly host: string;
  /** The host's name for people. */
  readonly alias: string;
  /** Undefined: it is about the host. */
  readonly service: string | undefined;
  readonly type: string;
  readonly state: string;
  readonly label: string;
  readonly output: string;
  readonly macros: Macros;
}

/** By the name without dollar signs: `SERVICEDESC`. */
export type Macros = ReadonlyMap<string, string>;

const LABELS: Readonly<Record<string, string>> = {
  CRITICAL: "CRIT",
  WARNING: "WARN",
  UNKNOWN: "UNK",
  OK: "OK",
  UP: "UP",
  DOWN: "DOWN",
  UNREACHABLE: "UNREACHABLE",
};

/** Icinga 2 has other words for two of them. */
const TYPES: Readonly<Record<string, string>> = {
  DOWNTIMEREMOVED: "DOWNTIMECANCELLED",
  FLAPPINGEND: "FLAPPINGSTOP",
};

/** Undefined: no host is named, so it is no notification. */
export function readNotice(macros: Macros, time: number): Notice | undefined {
  const value = (...names: readonly string[]) =>
    names.map((name) => macroValue(macros, name)).find((text) => text !== "") ?? "";
  const host = value("HOSTNAME", "HOSTDISPLAYNAME", "HOSTALIAS");
  if (host === "") return undefined;
  const service = value("SERVICEDESC", "SERVICENAME", "SERVICEDISPLAYNAME");
  const isService = service !== "";
  const type = value("NOTIFICATIONTYPE").toUpperCase() || "CUSTOM";
  const state = (isService ? value("SERVICESTATE") : value("HOSTSTATE")).toUpperCase() || "UNKNOWN";
  return {
    time,
    host,
    macros,
    state,
    alias: value("HOSTALIAS", "HOSTDISPLAYNAME") || host,
    service: isService ? service : undefined,
    type: TYPES[type] ?? type,
    label: LABELS[state] ?? state,
    output: isService ? value("SERVICEOUTPUT") : value("HOSTOUTPUT"),
  };
}

/** A core that does not know a macro leaves its name in the line. */
export function macroValue(macros: Macros, name: string): string {
  const text = (macros.get(name) ?? "").trim();
  return text === `$${name}$` || text === "$" ? "" : text;
}
