import { type ByteString, fromByteString, trim } from "../../byte-string.ts";
import { error, type Remark, warning } from "../problem.ts";
import { quote } from "../quote.ts";
import { type Kind, listSchema } from "./kind.ts";

/** How many jobs of a queue run at once at most. */
export interface QueueLimit {
  /** As gearmand knows it: `host`, `hostgroup_db`. */
  readonly queue: ByteString;
  readonly most: number;
}

const EXAMPLE = "write QUEUE:NUMBER, such as hostgroup_slow:10";
const MOST = 1_000_000;

/** `QUEUE:NUMBER`, comma-separated. The name of a host group may have a colon, so the last one counts. */
export const queueLimits: Kind<readonly QueueLimit[]> = {
  name: "QUEUE:NUMBER, comma-separated",
  isList: true,
  isText: true,
  schema: listSchema({
    type: "string",
    pattern: '^[^#,"\\\\\\s]([^#,"\\\\\\r\\n]*[^#,"\\\\\\s])?:[1-9][0-9]{0,5}$',
  }),
  read({ key, text }, before = []) {
    const limits = new Map(before.map(({ queue, most }) => [queue, most] as const));
    const remarks: Remark[] = [];
    for (const word of text.split(",").map(trim)) {
      if (word === "") continue;
      const [, queue = "", digits] = /^(.*\S)\s*:\s*(\d+)$/s.exec(word) ?? [];
      const most = Number(digits);
      if (digits === undefined) remarks.push(error(`${key}: ${quote(word)} is no limit of a queue`, EXAMPLE));
      else if (most < 1 || most > MOST)
        remarks.push(
          error(
            `${key}: ${quote(word)}: a limit is from 1 to ${MOST}`,
            "to serve no jobs of a queue, do not name it as one to serve",
          ),
        );
      else {
        const known = limits.get(queue);
        if (known !== undefined && known !== most)
          remarks.push(warning(`${key}: ${quote(queue)} is named twice, ${most} counts and not ${known}`));
        limits.set(queue, most);
      }
    }
    return { value: [...limits].map(([queue, most]) => ({ queue, most })), remarks };
  },
  render: (value) => fromByteString(value.map(({ queue, most }) => `${queue}:${most}`).join(",")),
};
