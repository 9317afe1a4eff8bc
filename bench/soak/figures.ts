/** What is looked at again and again while a worker runs. */
export interface Sample {
  /** Since the first job. */
  readonly seconds: number;
  /** Of the worker's own process. */
  readonly pssMiB: number;
  readonly anonymousMiB: number;
  /** V8's objects, those that are garbage included. */
  readonly heapMiB: number;
  /** Buffers outside of V8's heap. */
  readonly externalMiB: number;
  /** Pages of V8, for objects and code: in use, or room for the next ones. */
  readonly v8MiB: number;
  /** Of malloc: in use, or free until it is asked for. */
  readonly mallocMiB: number;
  /** The worker with its shells, interpreters and plugins. */
  readonly allPssMiB: number;
  readonly descriptors: number;
  readonly timers: number;
  /** What keeps the event loop alive, besides timers. */
  readonly handles: number;
  readonly processes: number;
  readonly zombies: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly submitted: number;
  readonly results: number;
}

export interface SoakFigure {
  readonly name: keyof Sample;
  readonly title: string;
  /** What stands for a window of samples. The least of the heap is what is left after a collection. */
  readonly by: "median" | "least";
  /** A difference that is none, whatever share it is. */
  readonly slack: number;
  /** It is shown, and not judged: a part of another figure, that says where this one has grown. */
  readonly isPart?: true;
}

/** A part of the memory that says where it has grown: room that is in use, or kept for the next checks. */
const ROOM = { by: "median", slack: 1, isPart: true } as const;

/** The figures that must not grow, and a part that is shown. */
export const SOAK_FIGURES: readonly SoakFigure[] = [
  { name: "pssMiB", title: "PSS of the worker, MiB", by: "median", slack: 1 },
  { name: "anonymousMiB", title: "its anonymous memory, MiB", by: "median", slack: 1 },
  { name: "heapMiB", title: "V8's heap after a collection, MiB", by: "least", slack: 1 },
  { name: "externalMiB", title: "buffers outside of it, after one, MiB", by: "least", slack: 1 },
  { name: "v8MiB", title: "pages of V8, MiB", ...ROOM },
  { name: "mallocMiB", title: "pages of malloc, MiB", ...ROOM },
  { name: "allPssMiB", title: "PSS with all it started, MiB", by: "median", slack: 1 },
  { name: "descriptors", title: "open descriptors", by: "median", slack: 3 },
  { name: "timers", title: "timers, least", by: "median", slack: 5 },
  { name: "handles", title: "other active handles", by: "median", slack: 3 },
  { name: "processes", title: "processes", by: "median", slack: 3 },
  { name: "zombies", title: "zombies", by: "median", slack: 1 },
];
