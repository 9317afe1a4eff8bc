import type { OptionRow } from "../option.ts";

/** A name of an option, variable or field of a text that means a secret. */
export const SECRET_NAME =
  /pass(?!ive)|pwd|secret|token|key|auth|cred|cookie|community|psk|signature|(?<![a-z])pw(?![a-z])/i;

/** Names that contain the word for a secret, but mean something else. */
export const NO_SECRET = /(?:file|path|dir|protocol|proto|type|method|level)$/i;

/** Whether the value of an option must not be shown: its mark says so, or without one a long name. */
export function isSecret({ secret, longs }: Pick<OptionRow, "secret" | "longs">): boolean {
  return secret ?? longs.some((name) => SECRET_NAME.test(name) && !NO_SECRET.test(name));
}
