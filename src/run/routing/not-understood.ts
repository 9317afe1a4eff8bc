import type { Check } from "../../../sdk/check.ts";
import type { ByteString } from "../../byte-string.ts";

/** A line of more words is not searched: every word costs a reading. */
const MAX_WORDS = 200;

/**
 * The place of the word, or of the option and its value, without which the check would understand the line.
 * A check says only that it does not understand, so it is asked again with the words left out in turn.
 * Undefined: it understands, or there are several such places.
 */
export function findNotUnderstood(
  check: Pick<Check, "understand">,
  argv: readonly ByteString[],
): readonly number[] | undefined {
  if (argv.length > MAX_WORDS || understands(check, argv)) return undefined;
  return candidates(argv).find((places) => understands(check, without(argv, places)));
}

/** The likely ones first: an option with its value, an option, another word. */
function candidates(argv: readonly ByteString[]): readonly (readonly number[])[] {
  const places = argv.map((_, at) => at);
  const isOption = (at: number) => argv[at]?.startsWith("-") ?? false;
  const options = places.filter(isOption);
  const withValue = options.filter((at) => at + 1 < argv.length && !isOption(at + 1));
  return [
    ...withValue.map((at) => [at, at + 1]),
    ...options.map((at) => [at]),
    ...places.filter((at) => !isOption(at)).map((at) => [at]),
  ];
}

function without(argv: readonly ByteString[], places: readonly number[]): readonly ByteString[] {
  return argv.filter((_, at) => !places.includes(at));
}

function understands({ understand }: Pick<Check, "understand">, argv: readonly ByteString[]): boolean {
  try {
    return understand(argv) !== undefined;
  } catch {
    return false;
  }
}
