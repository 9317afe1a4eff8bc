import { PemFile } from "../pem-file.ts";
import type { Kind } from "./kind.ts";
import { path } from "./texts.ts";

/** A file of certificates or of a private key. It is read when the options are checked as a whole. */
export const pemFile: Kind<PemFile | undefined> = {
  ...path,
  read(written, before) {
    const { value, remarks } = path.read(written, before?.path);
    return { value: value === undefined ? undefined : new PemFile(value), remarks };
  },
  render: (value) => value?.path ?? "",
};
