import { type ByteString, fromByteString, trim } from "../../byte-string.ts";
import { readServerAddress, renderServerAddress, type WrittenAddress } from "../../gearman/server-address.ts";
import { error, type Remark, warning } from "../problem.ts";
import { quote } from "../quote.ts";
import {
  type JsonSchema,
  type Kind,
  listSchema,
  NAME_SCHEMA,
  type ReadValue,
  TEXT_SCHEMA,
  type WrittenValue,
} from "./kind.ts";

export const names: Kind<readonly ByteString[]> = list("names, comma-separated", ({ text }) => ({
  value: splitList(text),
  remarks: [],
}));

/** The C worker's limit. It keeps the name of the queue within what gearmand takes. */
const MAX_GROUP_NAME = 50;

export function groups(noun: "hostgroup" | "servicegroup"): Kind<readonly ByteString[]> {
  const kind = list("names, comma-separated", ({ text }) => ({
    value: splitList(text).filter((name) => name.length <= MAX_GROUP_NAME),
    remarks: splitList(text)
      .filter((name) => name.length > MAX_GROUP_NAME)
      .map((name) =>
        warning(
          `${noun} name ${quote(name)} is too long, please use a maximum of ${MAX_GROUP_NAME} characters`,
        ),
      ),
  }));
  return { ...kind, schema: listSchema({ ...NAME_SCHEMA, maxLength: MAX_GROUP_NAME }) };
}

const PATH_SCHEMA: JsonSchema = { ...TEXT_SCHEMA, pattern: "^/([^#\\r\\n]*[^#\\s])?$" };

/**
 * One path a line, as a path may contain a comma. An empty path is an error: it would allow every command.
 */
export const restrictedPaths: Kind<readonly ByteString[]> = {
  ...list("path, one a line", ({ key, text }) => {
    if (text === "")
      return { value: [], remarks: [error(`${key} is empty`, "name a folder or remove the line")] };
    const remarks = text.startsWith("/")
      ? []
      : [warning(`${key}: ${quote(text)} is not absolute, no command will match it`, "start it with /")];
    return { value: [text], remarks };
  }),
  isPlace: true,
  suggests: "folders",
  schema: listSchema(PATH_SCHEMA),
};

/** Names in the file system, one a line. A relative one would depend on where the worker was started. */
export const folders: Kind<readonly string[]> = {
  ...list("path, one a line", ({ key, text }) => {
    if (text.startsWith("/")) return { value: [fromByteString(text)], remarks: [] };
    const remarks =
      text === "" ? [] : [warning(`${key}: ${quote(text)} is not absolute, ignored`, "start it with /")];
    return { value: [], remarks };
  }),
  isPlace: true,
  suggests: "folders",
  schema: listSchema(PATH_SCHEMA),
  render: (value) => value.join(","),
};

/** Names of files, one a line, relative to the working directory as that of `keyfile`. */
export const files: Kind<readonly string[]> = {
  ...list("file, one a line", ({ text }) => ({
    value: text === "" ? [] : [fromByteString(text)],
    remarks: [],
  })),
  suggests: "files",
  schema: listSchema(TEXT_SCHEMA),
  render: (value) => value.join(","),
};

/** `host`, `host:port` and `[IPv6]:port`. Other programs have a switch for TLS, and no need of `tls://`. */
const SERVER_SCHEMA: JsonSchema = {
  type: "string",
  pattern:
    "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9_.-]+)(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$",
};

export const servers: Kind<readonly WrittenAddress[]> = {
  name: "host[:port], comma-separated",
  isList: true,
  suggests: "hosts",
  schema: listSchema(SERVER_SCHEMA),
  read({ key, text }, before = []) {
    const value = [...before];
    const known = new Map(before.map((server) => [renderServerAddress(server), server.tls] as const));
    const remarks: Remark[] = [];
    for (const word of splitList(text)) {
      const server = readServerAddress(word);
      if (server === undefined) {
        remarks.push(
          error(`${key}: ${quote(word)} is no server address`, "write host, host:port or [IPv6]:port"),
        );
      } else if (known.has(renderServerAddress(server))) {
        remarks.push(duplicate(server, known.get(renderServerAddress(server))));
      } else {
        known.set(renderServerAddress(server), server.tls);
        value.push(server);
      }
    }
    return { value, remarks };
  },
  render: (value) => value.map(renderServer).join(","),
};

/** Which of both is meant decides whether the connection is encrypted. */
function duplicate(server: WrittenAddress, before: boolean | undefined): Remark {
  const name = renderServerAddress(server);
  return server.tls === before || server.tls === undefined
    ? warning(`duplicate definition of server: ${name}`)
    : error(
        `${name} is named twice, with and without ${server.tls ? "tls" : "tcp"}://`,
        "remove one of them",
      );
}

/** Of an address in use, `tls` is set or not; a written one may say that it has none. */
export function renderServer(server: Omit<WrittenAddress, "tls"> & { readonly tls?: unknown }): string {
  const scheme = server.tls === undefined ? "" : server.tls ? "tls://" : "tcp://";
  return `${scheme}${renderServerAddress(server)}`;
}

function list(
  name: string,
  readLine: (written: WrittenValue) => ReadValue<readonly ByteString[]>,
): Kind<readonly ByteString[]> {
  return {
    name,
    isList: true,
    isText: true,
    schema: listSchema(NAME_SCHEMA),
    read(written, before = []) {
      const { value, remarks } = readLine(written);
      return { value: [...new Set([...before, ...value])], remarks };
    },
    render: (value) => value.map(fromByteString).join(","),
  };
}

/** Comma-separated words, trimmed; empty ones are dropped. */
function splitList(text: ByteString): readonly ByteString[] {
  return text
    .split(",")
    .map(trim)
    .filter((word) => word !== "");
}
