import { type Fields, fieldsOf, integerOf, listOf, textOf } from "./fields.ts";
import { unlessRefused } from "./find-messages.ts";
import type { ZulipClient } from "./zulip-client.ts";

export interface Person {
  readonly userId: number;
  readonly email: string;
  readonly fullName: string;
  readonly isBot: boolean;
  /** 100 owner, 200 administrator, 300 moderator, 400 member, 600 guest. */
  readonly role: number;
}

interface UserGroup {
  readonly id: number;
  readonly name: string;
  readonly members: readonly unknown[];
  readonly subgroups: readonly unknown[];
}

/** A server that does not say the role: then nothing is allowed by it. */
const NO_ROLE = 600;

/** Undefined: there is nobody of this number. */
export async function fetchPerson(client: ZulipClient, userId: number): Promise<Person | undefined> {
  const reply = await unlessRefused(client.request("GET", `users/${userId}`));
  return readPerson(fieldsOf(fieldsOf(reply)["user"]), userId);
}

/** Undefined: nobody has this name. */
export async function findPerson(client: ZulipClient, name: string): Promise<Person | undefined> {
  const reply = fieldsOf(await unlessRefused(client.request("GET", "users")));
  const found = listOf(reply["members"])
    .map(fieldsOf)
    .find(({ full_name }) => full_name === name);
  const userId = integerOf(found?.["user_id"]);
  return found === undefined || userId === undefined ? undefined : readPerson(found, userId);
}

function readPerson(
  { email, delivery_email, full_name, is_bot, role }: Fields,
  userId: number,
): Person | undefined {
  const fullName = textOf(full_name);
  if (fullName === undefined) return undefined;
  return {
    userId,
    fullName,
    isBot: is_bot === true,
    role: integerOf(role) ?? NO_ROLE,
    // Where addresses are hidden, `email` is a made-up one.
    email: textOf(delivery_email) ?? textOf(email) ?? "",
  };
}

/** Gives the names of the groups that a user is in, also by a group within a group. */
export async function fetchGroups(client: ZulipClient): Promise<(userId: number) => readonly string[]> {
  const reply = fieldsOf(await unlessRefused(client.request("GET", "user_groups")));
  const groups = listOf(reply["user_groups"]).flatMap((one) => readGroup(fieldsOf(one)));
  return (userId) => {
    const found = new Set(groups.filter(({ members }) => members.includes(userId)).map(({ id }) => id));
    for (let before = -1; before < found.size; ) {
      before = found.size;
      for (const { id, subgroups } of groups)
        if (subgroups.some((inner) => found.has(Number(inner)))) found.add(id);
    }
    return groups.filter(({ id }) => found.has(id)).map(({ name }) => name);
  };
}

function readGroup({ id, name, members, direct_subgroup_ids, subgroups }: Fields): readonly UserGroup[] {
  const [number, text] = [integerOf(id), textOf(name)];
  if (number === undefined || text === undefined) return [];
  // Older servers call it so.
  const inner = listOf(direct_subgroup_ids ?? subgroups);
  return [{ id: number, name: text, members: listOf(members), subgroups: inner }];
}
