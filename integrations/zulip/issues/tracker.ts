/** An issue as its tracker knows it. */
export interface Issue {
  /** `operation/orders#7` */
  readonly name: string;
  /** Where people read it. */
  readonly url: string;
}

export interface IssuePlan {
  /** An open issue of this title is the same: there is one for each host and service. */
  readonly title: string;
  /** Markdown. */
  readonly description: string;
}

/**
 * What became of it.
 *
 * - `already`: there is an open issue of this title.
 * - `forbidden`: the tracker does not let us, or has no such project.
 * - `unavailable`: it does not answer, or takes no more requests for a while.
 */
export type Opened =
  | { readonly kind: "done" | "already"; readonly issue: Issue }
  | { readonly kind: "forbidden" | "unavailable"; readonly reason: string };

/** Where issues are opened. Its methods do not reject because of what the tracker says. */
export interface IssueTracker {
  open(plan: IssuePlan): Promise<Opened>;
  /** The project, for people, or why it cannot be seen. */
  look(): Promise<{ readonly project: string } | { readonly reason: string }>;
}
