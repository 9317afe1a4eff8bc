import { type ByteString, fromByteString } from "../../../src/byte-string.ts";
import { type Kind, listSchema, TEXT_SCHEMA } from "../../../src/config/kinds/kind.ts";

/** One route a line, as it is written. It is read with all others, by what needs routes. */
export const routeLines: Kind<readonly ByteString[]> = {
  name: "route, one a line",
  isList: true,
  isText: true,
  schema: listSchema(TEXT_SCHEMA),
  read: ({ text }, before = []) => ({ value: [...before, text], remarks: [] }),
  render: (value) => value.map(fromByteString).join("\n"),
};
