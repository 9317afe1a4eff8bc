import type { HandlerRun } from "./handler-run.ts";

/** What the rows of a report stand for. */
export const GROUPINGS = ["handler", "command", "host", "service"] as const;

export type Grouping = (typeof GROUPINGS)[number];

/** Stands for the object of a run whose command line names none. */
export const UNNAMED = "(not named)";

/** The row that a run belongs to. */
export function groupOf(run: HandlerRun, by: Grouping): string {
  const { handler, host, service } = run;
  switch (by) {
    case "handler":
      return handler;
    case "command":
      return withoutState(run);
    case "host":
      return host ?? UNNAMED;
    case "service":
      return host === undefined ? UNNAMED : objectName(host, service);
  }
}

/** As people call it: `http - web1`; a host stands alone. */
export function objectName(host: string, service: string | undefined): string {
  return service === undefined || service === "" ? host : `${service} - ${host}`;
}

/** The same event handler of the same object has one command line for each state and attempt. */
function withoutState({ command, state, stateType, attempt }: HandlerRun): string {
  const named = [
    [state, "<state>"],
    [stateType, "<state-type>"],
  ] as const;
  const shown = named.reduce(
    (text, [value, mark]) => (value === undefined ? text : replaceWord(text, value, mark)),
    command,
  );
  if (attempt === undefined) return shown;
  return shown.replace(/(attempt[= ]['"]?|<state-type>['"]? ['"]?)\d+(?=['"\s]|$)/gi, "$1<attempt>");
}

/** A whole word, or the whole value of one. */
function replaceWord(text: string, word: string, mark: string): string {
  return text.replace(new RegExp(`(^|[\\s='"])${RegExp.escape(word)}(?=['"\\s]|$)`, "g"), `$1${mark}`);
}
