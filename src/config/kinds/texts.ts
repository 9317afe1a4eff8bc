import { type ByteString, fromByteString } from "../../byte-string.ts";
import { error, type Remark, warning } from "../problem.ts";
import { quote } from "../quote.ts";
import { Secret } from "../secret.ts";
import { type JsonSchema, type Kind, TEXT_SCHEMA } from "./kind.ts";

/** Text that is sent to a job server, or compared with text from there: bytes, not characters. */
export const text: Kind<ByteString | undefined> = {
  name: "text",
  isText: true,
  schema: TEXT_SCHEMA,
  read: ({ text }) => ({ value: text === "" ? undefined : text, remarks: [] }),
  render: (value) => fromByteString(value ?? ""),
};

const LINE_SCHEMA: JsonSchema = { type: "string", pattern: "^[^#\\r\\n]*$" };
const ABSOLUTE_SCHEMA: JsonSchema = { type: "string", pattern: "^/[^#\\r\\n]*[^#\\s]$" };

/** The same where the empty text is a value, too. */
export const anyText: Kind<ByteString | undefined> = {
  ...text,
  schema: LINE_SCHEMA,
  read: ({ text: value }) => ({ value, remarks: [] }),
};

/** A name in the file system. Packages leave placeholders such as %PIDFILE% in their samples. */
export const path: Kind<string | undefined> = {
  name: "path",
  isText: true,
  suggests: "files",
  schema: TEXT_SCHEMA,
  read: ({ text }) => ({
    value: text === "" || /^%\w+%$/.test(text) ? undefined : fromByteString(text),
    remarks: [],
  }),
  render: (value) => value ?? "",
};

/** A directory. A relative one would depend on where the worker was started. */
export const folder: Kind<string | undefined> = {
  ...path,
  name: "folder",
  suggests: "folders",
  schema: ABSOLUTE_SCHEMA,
  read(written, before) {
    const { key, text } = written;
    if (text === "" || text.startsWith("/")) return path.read(written, before);
    return {
      value: undefined,
      remarks: [error(`${key}: ${quote(text)} is not absolute`, "start it with /")],
    };
  },
};

/** The empty set is a value too: it forbids nothing. */
export const characters: Kind<ByteString> = {
  name: "characters",
  isText: true,
  schema: LINE_SCHEMA,
  read: ({ text }) => ({ value: text, remarks: [] }),
  render: fromByteString,
};

/** The key length of AES-256. The cipher of the C worker never saw further bytes either. */
export const MAX_KEY_BYTES = 32;
const SHORT_KEY = 8;

const USER_AND_HASH = /^[^:\s]+:\$2[aby]\$\d\d\$[./\w]{53}$/;

/** `user:hash`, or the absolute path of a file with such lines. What was written is never shown. */
export const logins: Kind<Secret | undefined> = {
  name: "user:hash or path",
  isText: true,
  isSecret: true,
  suggests: "files",
  schema: TEXT_SCHEMA,
  read({ key, text }) {
    if (text === "") return { value: undefined, remarks: [] };
    if (text.startsWith("/") || USER_AND_HASH.test(text))
      return { value: new Secret(Buffer.from(text, "latin1")), remarks: [] };
    const message = `${key} is neither user:hash, with a hash of bcrypt, nor an absolute path`;
    return { value: undefined, remarks: [error(message, "htpasswd -nB USER prints such a line")] };
  },
  render: (value) => (value === undefined ? "" : value.toString()),
};

export const secret: Kind<Secret | undefined> = {
  name: "text",
  isText: true,
  isSecret: true,
  schema: TEXT_SCHEMA,
  read({ key, text }) {
    if (text === "") return { value: undefined, remarks: [] };
    const remarks: Remark[] = [];
    if (text.length < SHORT_KEY) remarks.push(warning(`${key} should be at least ${SHORT_KEY} bytes long`));
    if (text.length > MAX_KEY_BYTES)
      remarks.push(warning(`${key} is longer than ${MAX_KEY_BYTES} bytes, the rest is not used`));
    return { value: new Secret(Buffer.from(text.slice(0, MAX_KEY_BYTES), "latin1")), remarks };
  },
  render: (value) => (value === undefined ? "" : value.toString()),
};
