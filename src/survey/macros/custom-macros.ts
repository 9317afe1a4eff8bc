import type { ByteString } from "../../byte-string.ts";
import type { Scope } from "./scope.ts";

/** A macro's name, and what stands behind colons: `$HOSTADDRESS:web1$`, `$SERVICEDESC:group:,$`. */
export interface AskedMacro {
  readonly name: string;
  readonly first: ByteString | undefined;
  readonly second: ByteString | undefined;
}

/** `$_HOSTNAME$` and `$_SERVICENAME$`. Undefined: there is no such variable. */
export function readCustomMacro({ name, first, second }: AskedMacro, scope: Scope): ByteString | undefined {
  const { site, host, service } = scope;
  if (name.startsWith("_HOST")) {
    const variable = name.slice("_HOST".length);
    if (second !== undefined) {
      const members = site.hostGroups.get(first ?? "")?.members;
      return (
        members &&
        join(
          members.map((member) => readVariable(site.hosts.get(member), variable)),
          second,
        )
      );
    }
    return readVariable(first === undefined ? host : site.hosts.get(first), variable);
  }
  if (!name.startsWith("_SERVICE")) return undefined;
  const variable = name.slice("_SERVICE".length);
  if (first === undefined) return readVariable(service, variable);
  // The core looks for the description on this check's host, whatever host is named.
  const found = site.findService(host.name, second ?? "");
  if (found !== undefined) return readVariable(found, variable);
  const members = site.serviceGroups.get(first)?.members;
  return (
    members &&
    join(
      members.map((member) => readVariable(serviceOf(member, scope), variable)),
      second ?? "",
    )
  );
}

function serviceOf(member: ByteString, { site }: Scope) {
  const at = member.indexOf(",");
  return site.findService(member.slice(0, at), member.slice(at + 1));
}

/** The cache says `null` for a variable without a value. */
function readVariable(
  object: { readonly values: ReadonlyMap<string, ByteString> } | undefined,
  variable: string,
): ByteString | undefined {
  const value = object?.values.get(`_${variable}`);
  return value === "null" ? "" : value;
}

function join(values: readonly (ByteString | undefined)[], delimiter: ByteString): ByteString {
  return values.filter((value) => value !== undefined && value !== "").join(delimiter);
}
