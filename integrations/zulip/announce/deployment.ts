import { cutCharacters, safeText } from "../notify/safe-text.ts";

/** What one node has made of a push. */
export interface NodeResult {
  readonly node: string;
  readonly isDone: boolean;
  /** Why not, or what else is to be said. */
  readonly remark: string;
}

/** A push to one stage, and what is known of its nodes. */
export interface Deployment {
  /** What is rolled out, as `worker.conf`. */
  readonly what: string;
  readonly commit: string;
  readonly stage: string;
  /** Who has pushed, and why. */
  readonly subject: string;
  /** How many nodes are to report. Undefined: it is not known. */
  readonly expected: number | undefined;
  readonly nodes: readonly NodeResult[];
}

const MAX_NAME = 100;
const MAX_REMARK = 300;
const MAX_CONTENT = 9_500;

/** The one message of a push. `readDeployment` reads it again. */
export function renderDeployment({ what, commit, stage, subject, expected, nodes }: Deployment): string {
  const done = nodes.filter(({ isDone }) => isDone).length;
  const failed = nodes.length - done;
  const of = expected === undefined ? "" : ` of ${expected}`;
  const head = `**${nameOf(what)}** \`${commit}\` deployed on ${done}${of} nodes${failed === 0 ? "" : `, **failed on ${failed}**`}`;
  const lines = nodes.map(({ node, isDone, remark }) => {
    const said = remark === "" ? "" : ` - ${safeText(remark, MAX_REMARK)}`;
    return `* ${node}: ${isDone ? "ok" : "**FAILED**"}${said}`;
  });
  const about = subject === "" ? [] : [safeText(subject, MAX_REMARK)];
  return cutCharacters([head, ...about, `Stage: ${nameOf(stage)}`, ...lines].join("\n"), MAX_CONTENT);
}

/** As it stands in the message. */
function nameOf(text: string): string {
  return safeText(text, MAX_NAME);
}

const HEAD = /^\*\*(.*)\*\* `([\w.-]+)` deployed on \d+(?: of (\d+))? nodes/;
const NODE = /^\* ([\w.:-]+): (ok|\*\*FAILED\*\*)(?: - (.*))?$/;

/** Undefined: it is no message of a deployment. */
export function readDeployment(content: string): Deployment | undefined {
  const [first = "", ...lines] = content.split("\n");
  const [, what, commit, expected] = HEAD.exec(first) ?? [];
  const stageAt = lines.findIndex((line) => line.startsWith("Stage: "));
  if (what === undefined || commit === undefined || stageAt < 0) return undefined;
  return {
    what,
    commit,
    stage: lines[stageAt]?.slice("Stage: ".length) ?? "",
    subject: lines.slice(0, stageAt).join(" "),
    expected: expected === undefined ? undefined : Number(expected),
    nodes: lines.slice(stageAt + 1).flatMap((line) => {
      const [, node, word, remark = ""] = NODE.exec(line) ?? [];
      return node === undefined ? [] : [{ node, isDone: word === "ok", remark }];
    }),
  };
}

export function isSamePush(one: Deployment, other: Deployment): boolean {
  return (["what", "commit", "stage"] as const).every((name) => nameOf(one[name]) === nameOf(other[name]));
}

/** The latest word of each node, in the order in which they reported first. */
export function mergeDeployments(before: Deployment, news: Deployment): Deployment {
  const nodes = new Map([...before.nodes, ...news.nodes].map((result) => [result.node, result]));
  return {
    ...before,
    subject: news.subject === "" ? before.subject : news.subject,
    expected: news.expected ?? before.expected,
    nodes: [...nodes.values()],
  };
}
