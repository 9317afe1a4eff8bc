import type { ByteString } from "../../byte-string.ts";
import type { CacheObject } from "./objects-cache.ts";

type Values = CacheObject["values"];

export interface Host {
  readonly name: ByteString;
  readonly values: Values;
  /** In the core's order, which is the reverse of the file's. */
  readonly groups: readonly Group[];
}

export interface Service {
  readonly description: ByteString;
  readonly host: Host;
  readonly values: Values;
  readonly groups: readonly Group[];
}

/** A host group, whose members are hosts, or a service group, whose members are host and description. */
export interface Group {
  readonly name: ByteString;
  readonly values: Values;
  readonly members: readonly ByteString[];
}

/** All that the core's files say of a site. Every text is a byte string. */
export interface Site {
  readonly commands: ReadonlyMap<ByteString, ByteString>;
  readonly hosts: ReadonlyMap<ByteString, Host>;
  readonly services: readonly Service[];
  readonly findService: (host: ByteString, description: ByteString) => Service | undefined;
  readonly hostGroups: ReadonlyMap<ByteString, Group>;
  readonly serviceGroups: ReadonlyMap<ByteString, Group>;
  /** The values of `$USERn$` by n. */
  readonly users: ReadonlyMap<number, ByteString>;
  /** The keys of naemon.cfg or nagios.cfg. Empty: it was not found. */
  readonly main: ReadonlyMap<string, ByteString>;
}

export type SiteSources = Pick<Site, "users" | "main"> & { readonly objects: readonly CacheObject[] };

export function createSite({ objects, users, main }: SiteSources): Site {
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  const hostGroups = readGroups(ofKind("hostgroup"), "hostgroup_name", 1);
  const serviceGroups = readGroups(ofKind("servicegroup"), "servicegroup_name", 2);
  const groupsOfHosts = invert(hostGroups);
  const groupsOfServices = invert(serviceGroups);
  const hosts = new Map<ByteString, Host>();
  for (const { values } of ofKind("host")) {
    const name = values.get("host_name") ?? "";
    hosts.set(name, { name, values, groups: groupsOfHosts.get(name) ?? [] });
  }
  const services = new Map<ByteString, Service>();
  for (const { values } of ofKind("service")) {
    const host = hosts.get(values.get("host_name") ?? "");
    if (host === undefined) continue;
    const description = values.get("service_description") ?? "";
    const key = `${host.name},${description}`;
    services.set(key, { description, host, values, groups: groupsOfServices.get(key) ?? [] });
  }
  return {
    commands: new Map(
      ofKind("command").map(({ values }) => [keyOf(values), values.get("command_line") ?? ""]),
    ),
    hosts,
    services: [...services.values()],
    findService: (host, description) => services.get(`${host},${description}`),
    hostGroups,
    serviceGroups,
    users,
    main,
  };
}

function keyOf(values: Values): ByteString {
  return values.get("command_name") ?? "";
}

/** `size` words of `members` make a member. */
function readGroups(objects: readonly CacheObject[], key: string, size: number): Map<ByteString, Group> {
  const groups = objects.map(({ values }): Group => {
    const words = (values.get("members") ?? "").split(",").filter((word) => word !== "");
    const members = Array.from({ length: Math.floor(words.length / size) }, (_, at) =>
      words.slice(at * size, (at + 1) * size).join(","),
    );
    return { name: values.get(key) ?? "", values, members };
  });
  return new Map(groups.map((group) => [group.name, group]));
}

/** The groups of each member, the last group of the file first. */
function invert(groups: ReadonlyMap<ByteString, Group>): ReadonlyMap<ByteString, readonly Group[]> {
  const found = new Map<ByteString, Group[]>();
  for (const group of groups.values())
    for (const member of new Set(group.members)) {
      const known = found.get(member);
      if (known === undefined) found.set(member, [group]);
      else known.unshift(group);
    }
  return found;
}
