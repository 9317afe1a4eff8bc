import type { Target } from "../backend.ts";
import type { Change } from "./change.ts";
import type { Mark } from "./change-reader.ts";

export type Marks = ReadonlyMap<string, Mark>;

/** Core and bot may have different clocks, and cores end downtimes some seconds later or earlier. */
const CLOCKS_DIFFER = 30;

/**
 * What is the same over a restart of the core: Icinga 2 counts its ids anew then, and two cores behind one
 * Thruk have the same ones.
 */
export function identityOf({ target, author, comment, enteredAt, endsAt }: Mark): string {
  return JSON.stringify([target.host, target.service ?? "", enteredAt, endsAt ?? 0, author, comment]);
}

export function keyOfTarget({ host, service }: Target): string {
  return JSON.stringify([host, service ?? ""]);
}

export function byIdentity(marks: readonly Mark[]): Marks {
  return new Map(marks.map((mark) => [identityOf(mark), mark]));
}

/** The latest of each target: comments of earlier acknowledgements may be there, too. */
export function latestByTarget(marks: readonly Mark[]): Marks {
  const latest = new Map<string, Mark>();
  for (const mark of marks) {
    const key = keyOfTarget(mark.target);
    const other = latest.get(key);
    if (other === undefined || other.enteredAt <= mark.enteredAt) latest.set(key, mark);
  }
  return latest;
}

/** `now` in seconds since the epoch. */
export function mayBeOver({ overAt = Number.POSITIVE_INFINITY }: Mark, now: number): boolean {
  return overAt - CLOCKS_DIFFER <= now;
}

/** What is told of it. Who has taken something back is not known. */
export function changeOf(what: Change["what"], mark: Mark): Change {
  const { target, author, comment, enteredAt, endsAt } = mark;
  switch (what) {
    case "acknowledged":
      return { what, target, author, comment, at: enteredAt, endsAt, isNotified: undefined };
    case "unacknowledged":
      return { what, target, author: "", comment: "", endsAt: undefined, isNotified: false };
    case "downtime":
    case "downtime-removed":
      return { what, target, author, comment, at: enteredAt, endsAt, isNotified: false };
  }
}
