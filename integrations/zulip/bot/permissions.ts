import type { CommandTarget } from "../commands/command-text.ts";
import { matchesPattern } from "../notify/pattern.ts";
import type { Verb } from "./read-command.ts";

/** Who asks, and where. */
export interface Asker {
  readonly userId: number;
  readonly email: string;
  /** Zulip's numbers: 100 owner, 200 administrator, 300 moderator, 400 member, 600 guest. */
  readonly role: number;
  /** Names of user groups. */
  readonly groups: readonly string[];
  readonly isBot: boolean;
  readonly stream: string;
}

/**
 * One rule of the operator's list. The first one that fits decides. A part that is not written fits
 * everything; a list fits if one of its members does. Members are patterns with `*` and `?`, in any case.
 */
export interface PermissionRule {
  readonly allow: boolean;
  readonly streams?: readonly string[];
  /** Addresses or numbers. */
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  /** This role, and those that may do more. */
  readonly role?: number;
  readonly verbs?: readonly Verb[];
  readonly hosts?: readonly string[];
  /** A longer downtime is not allowed by this rule, and no later one is asked. */
  readonly maxSeconds?: number;
}

export interface Wish {
  readonly verb: Verb;
  readonly target: CommandTarget | undefined;
  readonly seconds: number | undefined;
}

export type Permission =
  | { readonly kind: "allowed" }
  /** No rule allows it. */
  | { readonly kind: "refused" }
  | { readonly kind: "too-long"; readonly maxSeconds: number };

const HARMLESS: ReadonlySet<Verb> = new Set(["help"]);
const REFUSED: Permission = { kind: "refused" };

/** Without a rule that allows it nothing is allowed. Bots may do nothing: two of them would talk for ever. */
export function permit(asker: Asker, wish: Wish, rules: readonly PermissionRule[]): Permission {
  if (asker.isBot) return REFUSED;
  if (HARMLESS.has(wish.verb)) return { kind: "allowed" };
  const rule = rules.find((each) => fits(asker, wish, each));
  if (rule === undefined || !rule.allow) return REFUSED;
  const { maxSeconds } = rule;
  if (maxSeconds !== undefined && wish.seconds !== undefined && wish.seconds > maxSeconds)
    return { kind: "too-long", maxSeconds };
  return { kind: "allowed" };
}

function fits(asker: Asker, { verb, target }: Wish, rule: PermissionRule): boolean {
  const { streams, users, groups, role, verbs, hosts } = rule;
  return (
    fitsOne(streams, [asker.stream]) &&
    fitsOne(users, [asker.email, String(asker.userId)]) &&
    fitsOne(groups, asker.groups) &&
    (role === undefined || asker.role <= role) &&
    (verbs === undefined || verbs.includes(verb)) &&
    // A rule for some hosts says nothing of a wish without one.
    fitsOne(hosts, target === undefined ? [] : [target.host])
  );
}

function fitsOne(patterns: readonly string[] | undefined, names: readonly string[]): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) => names.some((name) => matchesPattern(name, pattern)));
}

/** The streams that rules allow something in. Patterns may mean streams of later, so they are left out. */
export function namedStreams(rules: readonly PermissionRule[]): readonly string[] {
  const all = rules.flatMap(({ allow, streams = [] }) => (allow ? streams : []));
  return [...new Set(all)].filter((name) => !/[*?]/.test(name));
}

/** People get no answer there that could say it. */
export function renderUnheard(stream: string): string {
  return `the bot is not subscribed to ${stream}, which permission names: it hears nothing there`;
}
