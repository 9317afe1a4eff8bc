import { error, type Problem } from "../problem.ts";

const HINT = "name a file of key=value lines";
/** A file with more wrong lines than this is something else. */
const MAX_IN_FILE = 1000;
/** In all files together. */
const MAX_IN_ALL = 3000;
/** So many of its problems are told then. */
const SHOWN_OF_NO_CONFIGURATION = 10;

/** The problems of one configuration, each once: a file may be read several times. */
export class Problems {
  readonly #known = new Set<string>();
  readonly #byFile = new Map<string | undefined, Problem[]>();
  readonly #all: Problem[] = [];

  readonly report = (problem: Problem): void => {
    const { file, line, severity, message, hint } = problem;
    const ofFile = this.#byFile.get(file) ?? [];
    if (ofFile.length > MAX_IN_FILE || this.#all.length > MAX_IN_ALL) return;
    const key = JSON.stringify([file, line, severity, message, hint]);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#byFile.set(file, ofFile);
    ofFile.push(problem);
    this.#all.push(problem);
  };

  get #asReported(): readonly Problem[] {
    const told = this.#withoutFloods;
    return this.#all.length > MAX_IN_ALL
      ? [...told, error(`there are more than ${MAX_IN_ALL} problems`, HINT)]
      : told;
  }

  /**
   * In the order of files and lines. What concerns the whole comes last: an operator corrects a file from its
   * start to its end.
   */
  get list(): readonly Problem[] {
    const rank = new Map([...this.#byFile.keys()].map((file, at) => [file, at]));
    rank.set(undefined, rank.size);
    const rankOf = ({ file }: Problem) => rank.get(file) ?? 0;
    const lineOf = ({ line = Number.MAX_SAFE_INTEGER }: Problem) => line;
    return this.#asReported.toSorted(
      (one, other) => rankOf(one) - rankOf(other) || lineOf(one) - lineOf(other),
    );
  }

  get #withoutFloods(): readonly Problem[] {
    const left = new Map<string | undefined, number>();
    return this.#all.flatMap((problem) => {
      const { file } = problem;
      if ((this.#byFile.get(file)?.length ?? 0) <= MAX_IN_FILE) return [problem];
      const told = left.get(file) ?? 0;
      left.set(file, told + 1);
      if (told < SHOWN_OF_NO_CONFIGURATION) return [problem];
      return told === SHOWN_OF_NO_CONFIGURATION ? [noConfiguration(file ?? "the command line")] : [];
    });
  }

  /** Whether this file has so many that the rest of its lines need not be looked at. */
  isNoConfiguration(file: string): boolean {
    return (this.#byFile.get(file)?.length ?? 0) > MAX_IN_FILE;
  }
}

function noConfiguration(file: string): Problem {
  const text = `${file} looks like no configuration: more than ${MAX_IN_FILE} of its lines are wrong`;
  return error(text, HINT);
}
