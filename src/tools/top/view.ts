/** What the rows are ordered by. The names stand above the columns. */
export const SORTS = ["QUEUE", "WORKERS", "WAITING", "RUNNING", "CHANGE/S"] as const;

export type Sort = (typeof SORTS)[number];

/** What the person at the keys has chosen. */
export interface View {
  readonly sort: Sort;
  readonly isReversed: boolean;
  /** Queues whose names have this text, in upper or lower case. */
  readonly filter: string;
  /** The filter is being typed. */
  readonly isTyping: boolean;
  readonly hidesIdle: boolean;
  /** The first row that is shown. */
  readonly from: number;
}

export const FIRST_VIEW: View = {
  sort: "QUEUE",
  isReversed: false,
  filter: "",
  isTyping: false,
  hidesIdle: false,
  from: 0,
};

type Change = (view: View, page: number) => View;

const scroll =
  (rows: (page: number) => number): Change =>
  (view, page) => ({ ...view, from: Math.max(0, view.from + rows(page)) });

const sortBy =
  (step: number): Change =>
  (view) => {
    const at = (SORTS.indexOf(view.sort) + step + SORTS.length) % SORTS.length;
    return { ...view, sort: SORTS[at] ?? "QUEUE", from: 0 };
  };

const KEYS: Readonly<Record<string, Change>> = {
  "\x1b[A": scroll(() => -1),
  k: scroll(() => -1),
  "\x1b[B": scroll(() => 1),
  j: scroll(() => 1),
  "\x1b[5~": scroll((page) => -page),
  "\x1b[6~": scroll((page) => page),
  " ": scroll((page) => page),
  "\x1b[H": scroll(() => Number.NEGATIVE_INFINITY),
  "\x1b[F": (view) => ({ ...view, from: Number.MAX_SAFE_INTEGER }),
  "\x1b[C": sortBy(1),
  s: sortBy(1),
  "\x1b[D": sortBy(-1),
  r: (view) => ({ ...view, isReversed: !view.isReversed }),
  i: (view) => ({ ...view, hidesIdle: !view.hidesIdle, from: 0 }),
  "/": (view) => ({ ...view, isTyping: true, filter: "", from: 0 }),
};

const ENDS: readonly string[] = ["q", "Q", "\x1b", "\x03", "\x04"];
const ALWAYS_ENDS: readonly string[] = ["\x03", "\x04"];

/** What a key makes of the view. Undefined: it asks for the end. */
export function pressKey(view: View, key: string, page: number): View | undefined {
  if (ALWAYS_ENDS.includes(key)) return undefined;
  if (view.isTyping) return type(view, key);
  if (ENDS.includes(key)) return undefined;
  return KEYS[key]?.(view, page) ?? view;
}

function type(view: View, key: string): View {
  switch (key) {
    case "\r":
    case "\n":
      return { ...view, isTyping: false };
    case "\x1b":
      return { ...view, isTyping: false, filter: "" };
    case "\x7f":
    case "\b":
      return { ...view, filter: view.filter.slice(0, -1) };
    default:
      return /^[^\x00-\x1f\x7f]+$/.test(key) ? { ...view, filter: view.filter + key } : view;
  }
}
