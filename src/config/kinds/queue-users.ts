import { type ByteString, fromByteString, trim } from "../../byte-string.ts";
import { error, type Remark, warning } from "../problem.ts";
import { quote } from "../quote.ts";
import { type Kind, listSchema } from "./kind.ts";
import { names } from "./lists.ts";

/** As whom the plugins of a queue run. */
export interface QueueUser {
  /** As gearmand knows it: `host`, `hostgroup_db`. `*` stands for the queues without a user of their own. */
  readonly queue: ByteString;
  /** A name, or a number that has a name. */
  readonly user: string;
}

/** Stands for the queues that are not named. */
export const OTHER_QUEUES = "*";
/** Names of queues, as gearmand knows them. */
export const queues: Kind<readonly ByteString[]> = { ...names, name: "queues, comma-separated" };

const EXAMPLE = "write QUEUE:USER, such as hostgroup_dmz:nobody";

/** `QUEUE:USER`, comma-separated. The name of a host group may have a colon, so the last one counts. */
export const queueUsers: Kind<readonly QueueUser[]> = {
  name: "QUEUE:USER, comma-separated",
  isList: true,
  isText: true,
  schema: listSchema({
    type: "string",
    pattern: '^[^#,"\\\\\\s]([^#,"\\\\\\r\\n]*[^#,"\\\\\\s])?:[^-#,":\\\\\\s][^#,":\\\\\\s]*$',
  }),
  read({ key, text }, before = []) {
    const users = new Map(before.map(({ queue, user }) => [queue, user] as const));
    const remarks: Remark[] = [];
    for (const word of text.split(",").map(trim)) {
      if (word === "") continue;
      const [, queue = "", name] = /^(.*\S)\s*:\s*([^-\s:\\"#][^\s:\\"#]*)$/s.exec(word) ?? [];
      if (name === undefined) {
        remarks.push(error(`${key}: ${quote(word)} is no user of a queue`, EXAMPLE));
        continue;
      }
      const user = fromByteString(name);
      const known = users.get(queue);
      if (known !== undefined && known !== user)
        remarks.push(warning(`${key}: ${quote(queue)} is named twice, ${user} counts and not ${known}`));
      users.set(queue, user);
    }
    return { value: [...users].map(([queue, user]) => ({ queue, user })), remarks };
  },
  render: (value) => value.map(({ queue, user }) => `${fromByteString(queue)}:${user}`).join(","),
};
