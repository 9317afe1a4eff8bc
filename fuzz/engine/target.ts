import type { Random } from "./random.ts";

/** `shortRuns` of a target that takes a hundred thousand inputs a second. */
export const QUICK = 80_000;

/** A class of errors that a reader may throw. */
export type ErrorClass = abstract new (...given: never) => Error;

interface AnyTarget {
  /** The name of its folder of fixtures, too. */
  readonly name: string;
  /** Inputs of real programs, or near to them. */
  readonly samples: () => readonly Buffer[];
  readonly tokens?: readonly string[];
  /** An input that no change of a sample would ever be: with a right checksum, encrypted. */
  readonly make?: (random: Random) => Buffer;
  /** What a reader may throw, besides giving a value. Everything else is a finding. */
  readonly mayThrow?: readonly ErrorClass[];
  /** How many inputs the short form takes, if they are slower or faster than others of the kind. */
  readonly shortRuns?: number;
  /** Bytes of the longest input. */
  readonly most?: number;
}

/** Reads bytes, and does nothing else. */
export interface PureTarget extends AnyTarget {
  readonly kind: "pure";
  /** Throws a `Broken` if what was read cannot be right. */
  readonly read: (bytes: Buffer) => unknown;
}

/** Reads bytes of a server or a client, over a socket. */
export interface ServedTarget extends AnyTarget {
  readonly kind: "served";
  readonly start: () => Promise<Running>;
}

export interface Running extends AsyncDisposable {
  readonly read: (bytes: Buffer) => Promise<unknown>;
}

export type Target = PureTarget | ServedTarget;

/** Something that is always so was not so. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export function insist(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Broken(otherwise);
}

/** A target of texts of which each character is a byte. */
export function text(
  name: string,
  given: Omit<PureTarget, "kind" | "name" | "samples" | "read"> & {
    readonly samples: () => readonly string[];
    readonly read: (text: string) => unknown;
  },
): PureTarget {
  const { samples, read, ...rest } = given;
  return {
    ...rest,
    name,
    kind: "pure",
    samples: () => samples().map((each) => Buffer.from(each, "latin1")),
    read: (bytes) => read(bytes.toString("latin1")),
  };
}

/** The same where a promise is made, which is settled in this turn of the event loop or soon after. */
export function soon(
  name: string,
  given: Omit<ServedTarget, "kind" | "name" | "start"> & Pick<Running, "read">,
): ServedTarget {
  const { read, ...rest } = given;
  return {
    ...rest,
    name,
    kind: "served",
    start: async () => ({ read, [Symbol.asyncDispose]: async () => {} }),
  };
}
