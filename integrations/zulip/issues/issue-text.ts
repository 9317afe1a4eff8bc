import type { Ending, TargetStatus } from "../../backends/backend.ts";
import { type CommandTarget, nameOf } from "../commands/command-text.ts";
import type { IssuePlan } from "./tracker.ts";

export interface IssueFacts {
  readonly target: CommandTarget;
  readonly status: TargetStatus | Ending;
  /** Who asks for it, and in which words. */
  readonly name: string;
  readonly reason: string | undefined;
  /** The message in the chat. */
  readonly link: string;
  readonly stage: string | undefined;
}

const SERVICE_STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];
const HOST_STATES = ["UP", "DOWN", "UNREACHABLE"];
/** GitLab's. */
const MAX_TITLE = 255;
const MAX_OUTPUT = 10_000;

/**
 * The title is that of the event handler in examples/, so both find one another's issues. What people and
 * plugins write stands in code: there it mentions nobody, and commands of GitLab as `/close` are none.
 */
export function planIssue({ target, status, name, reason, link, stage }: IssueFacts): IssuePlan {
  const { host, service } = target;
  const states = service === undefined ? HOST_STATES : SERVICE_STATES;
  const known = "state" in status ? status : undefined;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Host", host],
    ["Service", service],
    ["State", known && (states[known.state] ?? String(known.state))],
    ["Acknowledged", known?.isAcknowledged ? "yes" : undefined],
    ["In downtime", known !== undefined && known.downtimes > 0 ? "yes" : undefined],
    ["Stage", stage],
    ["Asked for by", name],
    ["Reason", reason],
  ];
  const rows = facts.flatMap(([what, value]) => (value === undefined ? [] : `- ${what}: ${code(value)}`));
  const output = (known?.output ?? "").slice(0, MAX_OUTPUT).trim();
  return {
    title: [...`omd-worker: ${nameOf(target)}`].slice(0, MAX_TITLE).join(""),
    description: [...rows, `- In the chat: <${link}>`, ...(output === "" ? [] : ["", block(output)])].join(
      "\n",
    ),
  };
}

function code(text: string): string {
  return `\`${text.replace(/[`\p{Cc}\s]+/gu, " ").trim()}\``;
}

function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text.replaceAll("\\n", "\n").replace(/\r/g, "")}\n${fence}`;
}
