import { type Profiler, Session } from "node:inspector";

/** Which characters of which files have run: 1 at each of them. */
export type Reached = ReadonlyMap<string, Uint8Array>;

/** Whether the one has all that the other has. */
export function includes(one: Reached, other: Reached): boolean {
  return other.entries().every(([url, marks]) => {
    const found = one.get(url);
    return marks.every((mark, at) => mark === 0 || found?.[at] === 1);
  });
}

/** The project's own code that readers are made of. */
const OWN = /\/(?:src|plugins|sdk|integrations)\/[\w./-]+\.ts$/;

/**
 * V8's count of what has run, to the block. V8 counts blocks only in functions that it compiles from then on,
 * so this begins before the code that is looked at is loaded.
 */
export class Coverage implements Disposable {
  readonly #session = new Session();
  readonly #seen = new Map<string, Uint8Array>();

  constructor() {
    this.#session.connect();
    this.#post("Profiler.enable");
    this.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** What was reached so far is forgotten, and what an action reaches afterwards is new. */
  forget(): void {
    this.#seen.clear();
  }

  /** Forgets what has run since the last question. */
  begin(): void {
    this.#take();
  }

  /** What has run since `begin`. */
  end(): Reached {
    return this.#take();
  }

  /** What of it `remember` was not told of. */
  newIn(reached: Reached): Reached {
    const files = reached.entries().map(([url, marks]) => {
      const seen = this.#seen.get(url);
      return [url, marks.map((mark, at) => (mark === 1 && seen?.[at] !== 1 ? 1 : 0))] as const;
    });
    return new Map(files.filter(([, marks]) => marks.includes(1)));
  }

  remember(reached: Reached): void {
    for (const [url, marks] of reached) {
      const seen = this.#seen.get(url) ?? new Uint8Array(marks.length);
      const longer = seen.length < marks.length ? new Uint8Array(marks.length) : seen;
      if (longer !== seen) longer.set(seen);
      marks.forEach((mark, at) => {
        if (mark === 1) longer[at] = 1;
      });
      this.#seen.set(url, longer);
    }
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }

  #take(): Reached {
    const { result } = this.#post("Profiler.takePreciseCoverage");
    const own = result.filter(({ url }) => OWN.test(url));
    return new Map(own.map((script) => [script.url, marksOf(script)]));
  }

  /** A session of this process answers at once. */
  #post(method: "Profiler.enable"): undefined;
  #post(method: "Profiler.startPreciseCoverage", how: Profiler.StartPreciseCoverageParameterType): undefined;
  #post(method: "Profiler.takePreciseCoverage"): Profiler.TakePreciseCoverageReturnType;
  #post(method: string, parameters?: object): unknown {
    let answer: unknown;
    this.#session.post(method, parameters, (error, result) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  }
}

/** Outer functions and blocks come before those within them, and say less of their characters. */
function marksOf({ functions }: Profiler.ScriptCoverage): Uint8Array {
  const ranges = functions.flatMap(({ ranges }) => ranges);
  const marks = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  for (const { startOffset, endOffset, count } of ranges)
    marks.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return marks;
}
