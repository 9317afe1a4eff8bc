import type { ByteString } from "../../byte-string.ts";
import type { Group, Host, Service } from "../site/site.ts";
import type { AskedMacro } from "./custom-macros.ts";
import type { Cleaning, Scope } from "./scope.ts";

type Process = (text: ByteString, scope: Scope, cleaning: Cleaning) => ByteString;

/** A macro of a host, a service or a group. Undefined: it is none of these, or there is no such object. */
export function readObjectMacro(asked: AskedMacro, scope: Scope, process: Process): ByteString | undefined {
  const { name } = asked;
  const reading = { name, scope, process };
  const [, kind, part] =
    /^(HOST|SERVICE)GROUP(NAME|ALIAS|MEMBERS|NOTES|NOTESURL|ACTIONURL)$/.exec(name) ?? [];
  if (kind !== undefined && part !== undefined) {
    const group = kind === "HOST" ? findHostGroup(asked, scope) : findServiceGroup(asked, scope);
    return group && readGroup(group, part, reading);
  }
  if (readHost(scope.host, reading) !== undefined) return readHosts(asked, reading);
  return readServices(asked, reading);
}

interface Reading {
  readonly name: string;
  readonly scope: Scope;
  readonly process: Process;
}

function findHostGroup({ first }: AskedMacro, { site, host }: Scope): Group | undefined {
  return first === undefined ? host.groups[0] : site.hostGroups.get(first);
}

function findServiceGroup({ first }: AskedMacro, { site, service }: Scope): Group | undefined {
  return first === undefined ? service?.groups[0] : site.serviceGroups.get(first);
}

function readGroup({ name, values, members }: Group, part: string, reading: Reading): ByteString | undefined {
  switch (part) {
    case "NAME":
      return name;
    case "ALIAS":
      return values.get("alias") ?? "";
    case "MEMBERS":
      return members.join(",");
    default:
      return readText(values, part, reading);
  }
}

function readHosts({ first, second }: AskedMacro, reading: Reading): ByteString | undefined {
  const { site, host } = reading.scope;
  if (second === undefined) {
    const found = first === undefined ? host : site.hosts.get(first);
    return found && readHost(found, reading);
  }
  const hosts = site.hostGroups.get(first ?? "")?.members.flatMap((name) => site.hosts.get(name) ?? []);
  return hosts
    ?.map((each) => readHost(each, reading) ?? "")
    .filter((value) => value !== "")
    .join(second);
}

function readServices({ name, first, second }: AskedMacro, reading: Reading): ByteString | undefined {
  const { site, host, service } = reading.scope;
  if (!isServiceMacro(name)) return undefined;
  if (first === undefined) return service && readService(service, reading);
  if (first === "") {
    const found = site.findService(host.name, second ?? "");
    return found === undefined ? "" : readService(found, reading);
  }
  const found = site.findService(first, second ?? "");
  if (found !== undefined) return readService(found, reading);
  if (second === undefined) return undefined;
  const services = site.serviceGroups.get(first)?.members.flatMap((member) => {
    const at = member.indexOf(",");
    return site.findService(member.slice(0, at), member.slice(at + 1)) ?? [];
  });
  return services?.map((each) => readService(each, reading) ?? "").join(second);
}

function readHost({ name, values, groups }: Host, reading: Reading): ByteString | undefined {
  const macro = reading.name;
  switch (macro) {
    case "HOSTNAME":
      return name;
    case "HOSTDISPLAYNAME":
      return values.get("display_name") ?? name;
    case "HOSTALIAS":
      return values.get("alias") ?? name;
    case "HOSTADDRESS":
      return values.get("address") ?? name;
    case "HOSTCHECKCOMMAND":
      return values.get("check_command") ?? "";
    case "MAXHOSTATTEMPTS":
      return values.get("max_check_attempts") ?? "";
    case "HOSTVALUE":
      return values.get("hourly_value") ?? "0";
    case "HOSTGROUPNAMES":
      return groups.map((group) => group.name).join(",");
    case "HOSTNOTES":
    case "HOSTNOTESURL":
    case "HOSTACTIONURL":
      return readText(values, macro.slice("HOST".length), reading);
    default:
      return readMoment(macro, "HOST", reading.scope);
  }
}

const STATIC_OF_SERVICES: Readonly<Record<string, string>> = {
  SERVICECHECKCOMMAND: "check_command",
  MAXSERVICEATTEMPTS: "max_check_attempts",
  SERVICEISVOLATILE: "is_volatile",
};
const TEXTS_OF_SERVICES = ["SERVICENOTES", "SERVICENOTESURL", "SERVICEACTIONURL"];

function isServiceMacro(macro: string): boolean {
  return (
    /^SERVICE(?:DESC|DISPLAYNAME|GROUPNAMES)$/.test(macro) ||
    STATIC_OF_SERVICES[macro] !== undefined ||
    TEXTS_OF_SERVICES.includes(macro) ||
    MOMENT.test(macro)
  );
}

function readService({ description, values, groups }: Service, reading: Reading): ByteString | undefined {
  const macro = reading.name;
  const key = STATIC_OF_SERVICES[macro];
  if (key !== undefined) return values.get(key) ?? "";
  if (TEXTS_OF_SERVICES.includes(macro)) return readText(values, macro.slice("SERVICE".length), reading);
  switch (macro) {
    case "SERVICEDESC":
      return description;
    case "SERVICEDISPLAYNAME":
      return values.get("display_name") ?? description;
    case "SERVICEGROUPNAMES":
      return groups.map((group) => group.name).join(",");
    default:
      return readMoment(macro, "SERVICE", reading.scope);
  }
}

/** Notes and URLs have macros of their own. What these insert into a URL is percent-encoded. */
function readText(
  values: ReadonlyMap<string, ByteString>,
  part: string,
  { scope, process }: Reading,
): ByteString {
  switch (part) {
    case "NOTES":
      return process(values.get("notes") ?? "", scope, "none");
    case "NOTESURL":
      return process(values.get("notes_url") ?? "", scope, "encode");
    default:
      return process(values.get("action_url") ?? "", scope, "encode");
  }
}

/** Macros of the moment: states, times, outputs, counts. */
const MOMENT =
  /^(?:LAST|LONG)?(HOST|SERVICE)(?:STATE(?:ID|TYPE|CHANGE)?|ATTEMPT|CHECK(?:TYPE)?|OUTPUT|PERFDATA|EXECUTIONTIME|LATENCY|DURATION(?:SEC)?|DOWNTIME|PERCENTCHANGE|ACKAUTHOR(?:NAME|ALIAS)?|ACKCOMMENT|UP|DOWN|UNREACHABLE|OK|WARNING|UNKNOWN|CRITICAL|NOTIFICATION(?:NUMBER|ID)|EVENTID|PROBLEM(?:ID|START|END|DURATION(?:SEC)?))$|^TOTAL(HOST)SERVICES(?:OK|WARNING|UNKNOWN|CRITICAL)?$/;

/** The value that an object has before its first check, or one like it. */
function readMoment(macro: string, kind: "HOST" | "SERVICE", { onVolatile }: Scope): ByteString | undefined {
  const found = MOMENT.exec(macro);
  if (found === null || (found[1] ?? found[2]) !== kind) return undefined;
  onVolatile();
  if (/STATE$/.test(macro)) return kind === "HOST" ? "UP" : "OK";
  if (/STATETYPE$/.test(macro)) return "HARD";
  if (/CHECKTYPE$/.test(macro)) return "ACTIVE";
  if (/ATTEMPT$/.test(macro)) return "1";
  return /OUTPUT|PERFDATA|ACK|PROBLEMID|NOTIFICATIONID/.test(macro) ? "" : "0";
}
