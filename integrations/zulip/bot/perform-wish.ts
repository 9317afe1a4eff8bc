import type { Backend, Ending } from "../../backends/backend.ts";
import type { CommandTarget } from "../commands/command-text.ts";
import { openIssue } from "../issues/open-issue.ts";
import type { IssueTracker } from "../issues/tracker.ts";
import { type Asker, type PermissionRule, permit } from "./permissions.ts";
import type { BotCommand } from "./read-command.ts";
import { type ReplyStyle, renderEnding, renderMisunderstood, renderRefusal } from "./replies.ts";
import { renderHelp, renderStatus } from "./status-reply.ts";

/** Something that a person asks for, by a message or by a reaction. */
export interface Wish {
  readonly command: BotCommand;
  /** What the topic, or the message with the reaction, is about. */
  readonly about: CommandTarget | undefined;
  /** `message 123`; the same for the same wish. */
  readonly key: string;
  /** The wish whose downtime is taken back. Undefined: all that came from the chat. */
  readonly undoes?: string | undefined;
  /** Where people find the message. */
  readonly link: string;
  /** As people know the asker. */
  readonly name: string;
}

export interface WishContext extends ReplyStyle {
  readonly backend: Backend;
  readonly rules: readonly PermissionRule[];
  /** Undefined: no issues are opened. */
  readonly tracker?: IssueTracker | undefined;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

/** What became of a wish. */
export interface Performed {
  /** What is answered. Empty: nothing. */
  readonly text: string;
  /** Only `done` has changed something. Of a status it is `shown`, of help `explained`. */
  readonly result: Ending["kind"] | "shown" | "explained" | "refused" | "too-long" | "misunderstood";
}

/** Every downtime from the chat has it in its comment. */
const MARK = "[zulip:";

/** Does what was asked for, if the asker may ask for it. */
export async function performWish(wish: Wish, asker: Asker, context: WishContext): Promise<Performed> {
  const { command, about } = wish;
  const { language, rules, tracker } = context;
  const { verb, seconds } = command;
  const target = command.target ?? about;
  if (verb === "issue" && tracker === undefined)
    return {
      text: renderMisunderstood({ kind: "unknown-verb", word: verb }, context),
      result: "misunderstood",
    };
  const permission = permit(asker, { verb, target, seconds }, rules);
  if (permission.kind !== "allowed")
    return { text: renderRefusal(permission, command, context), result: permission.kind };
  if (verb === "help") return { text: renderHelp(context, tracker !== undefined), result: "explained" };
  if (target === undefined)
    return {
      text: renderMisunderstood({ kind: "no-target", word: "" }, context),
      result: "misunderstood",
    };
  if (verb === "status") {
    const found = await context.backend.status(target);
    return { text: renderStatus(target, found, context), result: "kind" in found ? found.kind : "shown" };
  }
  if (verb === "issue") {
    if (tracker === undefined) throw new TypeError("no tracker");
    const { name, link } = wish;
    const { stage, backend } = context;
    const facts = { target, name, link, stage, reason: command.reason };
    return await openIssue(facts, { tracker, backend, language });
  }
  const ending = await act(verb, target, { wish, context });
  return { text: renderEnding(verb, target, ending, context), result: ending.kind };
}

async function act(
  verb: Exclude<BotCommand["verb"], "status" | "issue" | "help">,
  target: CommandTarget,
  { wish, context }: { readonly wish: Wish; readonly context: WishContext },
): Promise<Ending> {
  const { backend, now = () => Date.now() / 1000 } = context;
  const { command, key, undoes, link, name: author } = wish;
  const marker = markOf(key);
  // A reason must not look like the mark of another wish.
  const reason = (command.reason ?? "via Zulip").replaceAll(MARK, "(zulip:");
  const comment = `${reason} ${link} ${marker}`;
  const { seconds } = command;
  const startsAt = Math.floor(now());
  switch (verb) {
    case "acknowledge": {
      const expires = seconds === undefined ? {} : { expiresAt: startsAt + seconds };
      return await backend.acknowledge(target, { author, comment, isSticky: true, ...expires });
    }
    case "downtime": {
      if (seconds === undefined) return { kind: "forbidden", reason: "no duration" };
      return await backend.downtime(target, {
        author,
        comment,
        marker,
        startsAt,
        endsAt: startsAt + seconds,
      });
    }
    case "unacknowledge":
      return await backend.unacknowledge(target, author);
    case "cancel":
      return await backend.removeDowntime(target, {
        marker: undoes === undefined ? MARK : markOf(undoes),
        author,
      });
    case "recheck":
      return await backend.recheck(target);
  }
}

/** `[zulip:12]`, or with what else a reaction has. It ends with a bracket: 12 is no part of 123. */
function markOf(key: string): string {
  return `${MARK}${key.replace(/^\w+ /, "")}]`;
}
