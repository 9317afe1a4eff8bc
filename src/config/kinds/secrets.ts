import type { Secret } from "../secret.ts";
import { type Kind, listSchema } from "./kind.ts";
import { secret } from "./texts.ts";

/** One a line. What was written is never shown. */
export const secrets: Kind<readonly Secret[]> = {
  ...secret,
  name: "text, one a line",
  isList: true,
  schema: listSchema(secret.schema),
  read(written, before = []) {
    const { value, remarks } = secret.read(written, undefined);
    return { value: value === undefined ? before : [...before, value], remarks };
  },
  render: (value) => value.map(String).join(","),
};
