import type { MachineProcess } from "./process-table.ts";

/** What a process must be to count. Undefined: anything. */
export interface ProcessFilters {
  /** The letter of its state. */
  readonly state: string | undefined;
  readonly command: string | undefined;
  /** What its arguments have to hold. */
  readonly words: string | undefined;
  readonly parent: number | undefined;
  readonly isAny: boolean;
  /** True: no process can be in such a state. */
  readonly isImpossible: boolean;
  /** The filters in the plugin's words. */
  readonly text: string;
}

export function matches(each: MachineProcess, { state, command, words, parent }: ProcessFilters): boolean {
  if (state !== undefined && each.state !== state) return false;
  if (parent !== undefined && each.parent !== parent) return false;
  if (command !== undefined && programOf(each.name) !== command) return false;
  return words === undefined || argumentsOf(each).includes(words);
}

/**
 * Whether the worker has started it. Such a process may be the shell that would start the plugin, which the
 * plugin leaves out.
 */
export function isChild({ parent }: MachineProcess): boolean {
  return parent === process.pid;
}

/** The `ps` of the plugin, while it prints: it is in its own list. */
export const PS: MachineProcess = {
  pid: -1,
  parent: -1,
  state: "R",
  name: "ps",
  words: "/bin/ps axwwo stat uid pid ppid vsz rss pcpu etime comm args",
};

/** The plugin reads one word of the name, without what is before a slash: `kworker/0:1` is `0:1`. */
function programOf(name: string): string {
  const [word = ""] = name.trim().split(/[ \t\n\v\f\r]+/);
  return word.slice(word.lastIndexOf("/") + 1);
}

/** The plugin takes what stands behind the first word of the name, so the rest of the name, too. */
function argumentsOf({ name, words }: MachineProcess): string {
  const [, ...rest] = name.trim().split(" ");
  return [...rest, words].join(" ");
}
