import { type ByteString, fromByteString } from "../../../src/byte-string.ts";
import { type Kind, listSchema, TEXT_SCHEMA } from "../../../src/config/kinds/kind.ts";

/** Lines as they are written, one value each. They are read together, by what needs them. */
export function linesOf(what: string): Kind<readonly ByteString[]> {
  return {
    name: `${what}, one a line`,
    isList: true,
    isText: true,
    schema: listSchema(TEXT_SCHEMA),
    read: ({ text }, before = []) => ({ value: [...before, text], remarks: [] }),
    render: (value) => value.map(fromByteString).join("\n"),
  };
}
