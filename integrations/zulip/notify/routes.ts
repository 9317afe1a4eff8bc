import { macroValue, type Notice } from "./notice.ts";
import { matchesPattern } from "./pattern.ts";

/** Where notices go that meet all conditions. The first route that fits counts. */
export interface Route {
  readonly conditions: readonly Condition[];
  readonly target: RouteTarget;
}

export type RouteTarget =
  | { readonly kind: "drop" }
  | {
      readonly kind: "stream";
      readonly stream: string;
      /** The text of a template; undefined: the usual topic. */
      readonly topic: string | undefined;
    };

interface Condition {
  readonly name: string;
  readonly patterns: readonly string[];
  readonly isNegated: boolean;
}

/** What a condition looks at. Any other name in capitals is a macro. */
const SUBJECTS: Readonly<Record<string, (notice: Notice, stage: string) => readonly string[]>> = {
  host: ({ host, alias }) => [host, alias],
  service: ({ service }) => (service === undefined ? [] : [service]),
  hostgroup: ({ macros }) =>
    list(macroValue(macros, "HOSTGROUPNAMES") || macroValue(macros, "HOSTGROUPNAME")),
  servicegroup: ({ macros }) =>
    list(macroValue(macros, "SERVICEGROUPNAMES") || macroValue(macros, "SERVICEGROUPNAME")),
  contact: ({ macros }) => [macroValue(macros, "CONTACTNAME")],
  contactgroup: ({ macros }) =>
    list(macroValue(macros, "CONTACTGROUPNAMES") || macroValue(macros, "CONTACTGROUPNAME")),
  type: ({ type }) => [type],
  state: ({ state, label }) => [state, label],
  about: ({ service }) => [service === undefined ? "host" : "service"],
  stage: (_, stage) => [stage],
};

export const ROUTE_EXAMPLE = "hostgroup=windows* state=CRIT => icinga_WTS > {service}";
const CONDITION = /^(?<name>_?[a-zA-Z][\w]*)(?<negation>!?)=(?<patterns>.+)$/s;

/** `hostgroup=linux|unix service="Disk C*" => STREAM > TOPIC`. A text: what is wrong with the line. */
export function readRoute(text: string): Route | string {
  const [before, ...after] = text.split(/(?:^|\s)=>(?:\s|$)/);
  if (before === undefined || after.length !== 1) return "there is no => with blanks around it";
  const target = readTarget((after[0] ?? "").trim());
  if (typeof target === "string") return target;
  const conditions: Condition[] = [];
  for (const word of splitWords(before)) {
    const { name = "", negation, patterns = "" } = CONDITION.exec(word)?.groups ?? {};
    if (name === "") return `${JSON.stringify(word)} is no condition`;
    const isKnown = Object.hasOwn(SUBJECTS, name) || /^_?[A-Z][A-Z0-9_]*$/.test(name);
    if (!isKnown) return `${JSON.stringify(name)} is none of ${Object.keys(SUBJECTS).join(", ")} nor a macro`;
    conditions.push({ name, patterns: patterns.split("|"), isNegated: negation === "!" });
  }
  return { conditions, target };
}

function readTarget(text: string): RouteTarget | string {
  if (text === "drop") return { kind: "drop" };
  const [stream = "", ...topic] = text.split(/\s>\s/);
  if (stream.trim() === "") return "there is no stream after =>";
  return {
    kind: "stream",
    stream: unquote(stream.trim()),
    topic: topic.length > 0 ? topic.join(" > ").trim() : undefined,
  };
}

/** Blanks part words, except between double quotes. */
export function splitWords(text: string): readonly string[] {
  return [...text.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ""));
}

function unquote(text: string): string {
  return text.replace(/^"(.*)"$/s, "$1");
}

/** Undefined: no route fits. */
export function findRoute(routes: readonly Route[], notice: Notice, stage: string): RouteTarget | undefined {
  return routes.find(({ conditions }) => conditions.every((one) => isMet(one, notice, stage)))?.target;
}

function isMet({ name, patterns, isNegated }: Condition, notice: Notice, stage: string): boolean {
  const subject = SUBJECTS[name];
  const values = subject === undefined ? [macroValue(notice.macros, name)] : subject(notice, stage);
  const fits = patterns.some((pattern) => values.some((value) => matchesPattern(value, pattern)));
  return fits !== isNegated;
}

function list(text: string): readonly string[] {
  return text.split(/[,;]/).map((word) => word.trim());
}
