import { splitWords } from "../notify/routes.ts";
import { readDuration } from "./duration.ts";
import type { PermissionRule } from "./permissions.ts";
import type { Verb } from "./read-command.ts";

export const PERMISSION_EXAMPLE = "allow stream=icinga group=Monitoring verb=ack|downtime host=db* max=8h";

/** Who may do something may take it back, too. */
const VERBS: Readonly<Record<string, readonly Verb[]>> = {
  ack: ["acknowledge", "unacknowledge"],
  downtime: ["downtime", "cancel"],
  status: ["status"],
  recheck: ["recheck"],
  issue: ["issue"],
};

const ROLES: Readonly<Record<string, number>> = {
  owner: 100,
  administrator: 200,
  moderator: 300,
  member: 400,
  guest: 600,
};

type Part = Omit<PermissionRule, "allow">;

/** Reads the value of a part. A text: what is wrong with it. */
const PARTS: Readonly<Record<string, (text: string) => Part | string>> = {
  stream: (text) => ({ streams: text.split("|") }),
  user: (text) => ({ users: text.split("|") }),
  group: (text) => ({ groups: text.split("|") }),
  host: (text) => ({ hosts: text.split("|") }),
  role: (text) => {
    const role = own(ROLES, text);
    return role === undefined ? `role is one of ${Object.keys(ROLES).join(", ")}` : { role };
  },
  verb: (text) => {
    const verbs = text.split("|").map((word) => own(VERBS, word));
    return verbs.includes(undefined)
      ? `verb is one of ${Object.keys(VERBS).join(", ")}, with | between several`
      : { verbs: verbs.flatMap((some) => some ?? []) };
  },
  max: (text) => {
    const maxSeconds = readDuration(text);
    return maxSeconds === undefined ? "max is a duration, such as 8h or 7d" : { maxSeconds };
  },
};

/** `allow stream=icinga role=member`, or `deny …`. A text: what is wrong with the line. */
export function readPermission(text: string): PermissionRule | string {
  const [decision = "", ...words] = splitWords(text);
  if (decision !== "allow" && decision !== "deny") return "it begins with neither allow nor deny";
  let rule: PermissionRule = { allow: decision === "allow" };
  const given = new Set<string>();
  for (const word of words) {
    const [, name = "", value = ""] = /^(\w+)=(.+)$/s.exec(word) ?? [];
    const read = own(PARTS, name);
    if (read === undefined) return `${JSON.stringify(word)} is none of ${Object.keys(PARTS).join("=, ")}=`;
    if (given.has(name)) return `${name} is given twice: write ${name}=A|B`;
    if (name === "max" && decision === "deny") return "max belongs to allow";
    given.add(name);
    const part = read(value);
    if (typeof part === "string") return part;
    rule = { ...rule, ...part };
  }
  return rule;
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
