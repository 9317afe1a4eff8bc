import { type ByteString, fromByteString } from "../../byte-string.ts";
import { readServerAddress, renderServerAddress } from "../../gearman/server-address.ts";
import { error, type Remark, warning } from "../problem.ts";
import { quote } from "../quote.ts";
import { MASK, type Secret } from "../secret.ts";
import { type Kind, listSchema } from "./kind.ts";
import { secret } from "./texts.ts";

/** The file of the key of one job server. */
export interface ServerKeyfile {
  /** `host:port` */
  readonly server: string;
  readonly path: string;
}

/** The key of one job server. */
export interface ServerKey {
  /** `host:port` */
  readonly server: string;
  readonly key: Secret;
}

interface Parts {
  readonly server: string;
  readonly rest: ByteString;
}

/** `HOST:PORT=FILE`, one a line, relative to the working directory as that of `keyfile`. */
export const serverKeyfiles: Kind<readonly ServerKeyfile[]> = {
  name: "HOST[:PORT]=FILE, one a line",
  isList: true,
  isText: true,
  schema: listSchema({ type: "string", pattern: "^[^#=\\s]+=[^#\\s]([^#\\r\\n]*[^#\\s])?$" }),
  read({ key, text }, before = []) {
    const found = split(text);
    if (found === undefined || found.rest === "")
      return { value: before, remarks: [error(`${key}: ${quote(text)} is no file of a server`, EXAMPLE)] };
    const { server, rest } = found;
    return added(before, { server, path: fromByteString(rest) }, key);
  },
  render: (value) => value.map(({ server, path }) => `${server}=${path}`).join(","),
};

/** `HOST:PORT=KEY`, one a line. The key is never shown. */
export const serverKeys: Kind<readonly ServerKey[]> = {
  name: "HOST[:PORT]=KEY, one a line",
  isList: true,
  isText: true,
  isSecret: true,
  schema: listSchema({ type: "string", pattern: "^[^#=\\s]+=[^#\\s][^#\\r\\n]{7,}$" }),
  read({ key, text }, before = []) {
    const found = split(text);
    // The whole may be a key: it is not shown.
    if (found === undefined)
      return { value: before, remarks: [error(`${key}: no server is named`, EXAMPLE)] };
    const { server, rest } = found;
    const { value, remarks } = secret.read({ key, text: rest }, undefined);
    if (value === undefined) return { value: before, remarks };
    const more = added(before, { server, key: value }, key);
    return { value: more.value, remarks: [...remarks, ...more.remarks] };
  },
  render: (value) => value.map(({ server }) => `${server}=${MASK}`).join(","),
};

const EXAMPLE = "write HOST:PORT=FILE, such as gearman-dev:4730=/etc/mod-gearman/dev.key";

function split(text: ByteString): Parts | undefined {
  const [, written = "", rest = ""] = /^([^=\s]+)\s*=\s*(.*)$/s.exec(text) ?? [];
  const address = readServerAddress(written);
  return written === "" || address === undefined ? undefined : { server: renderServerAddress(address), rest };
}

function added<Item extends { readonly server: string }>(
  before: readonly Item[],
  item: Item,
  key: string,
): { readonly value: readonly Item[]; readonly remarks: readonly Remark[] } {
  const others = before.filter(({ server }) => server !== item.server);
  const remarks =
    others.length === before.length
      ? []
      : [warning(`${key}: ${item.server} is named twice, the last one counts`)];
  return { value: [...others, item], remarks };
}
