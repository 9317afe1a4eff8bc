import { type ByteString, toByteString } from "../../byte-string.ts";

/** Without it no program is found. */
const ALWAYS = "PATH";

/**
 * Removes the variables that plugins may not see from an environment that they inherit. `names` may hold `*`;
 * undefined: plugins may see all.
 */
export function limitEnvironment(
  env: Record<string, string | undefined>,
  names: readonly ByteString[] | undefined,
): void {
  if (names === undefined) return;
  const patterns = [ALWAYS, ...names].map(toPattern);
  for (const name of Object.keys(env)) {
    if (!patterns.some((pattern) => pattern.test(toByteString(name)))) delete env[name];
  }
}

function toPattern(name: ByteString): RegExp {
  return new RegExp(`^${name.split("*").map(RegExp.escape).join("[^]*")}$`);
}
