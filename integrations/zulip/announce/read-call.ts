import { fitTopic } from "../notify/topic.ts";
import type { Deployment, NodeResult } from "./deployment.ts";

/** What a call of `omd-worker zulip announce` says, and the words that are options of zulip.conf. */
export interface AnnounceCall {
  readonly deployment: Omit<Deployment, "stage">;
  readonly topic: string;
  readonly options: readonly string[];
}

const COMMIT = /^[\w.-]{1,64}$/;
const RESULT = /^([\w.:-]{1,100})=(ok|failed)(?:[:,]\s*(.*))?$/s;
const OWN = /^--(what|subject|nodes|topic)=(.*)$/s;

/** What one word says. Undefined: it means nothing. */
type Word =
  | { readonly kind: "own"; readonly name: string; readonly value: string }
  | { readonly kind: "node"; readonly result: NodeResult }
  | { readonly kind: "option"; readonly word: string };

function readWord(word: string): Word | undefined {
  const [, name, value = ""] = OWN.exec(word) ?? [];
  if (name !== undefined) return { kind: "own", name, value };
  const [, node, end, remark = ""] = word.startsWith("-") ? [] : (RESULT.exec(word) ?? []);
  if (node !== undefined) return { kind: "node", result: { node, isDone: end === "ok", remark } };
  return word.startsWith("-") || word.includes("=") ? { kind: "option", word } : undefined;
}

/** A text says what is wrong with the words. */
export function readAnnounceCall([commit = "", ...others]: readonly string[]): AnnounceCall | string {
  if (!COMMIT.test(commit)) return "the first word is the commit, of letters, digits, dots and dashes";
  const read = others.map(readWord);
  const unclear = others.find((_, at) => read[at] === undefined);
  if (unclear !== undefined) return `'${unclear}' is neither NODE=ok, NODE=failed nor an option`;
  const own = new Map(
    read.flatMap((word) => (word?.kind === "own" ? [[word.name, word.value] as const] : [])),
  );
  const expected = own.get("nodes");
  if (expected !== undefined && !/^[1-9]\d{0,5}$/.test(expected))
    return `--nodes: '${expected}' is no number`;
  return {
    deployment: {
      commit,
      what: own.get("what") || "configuration",
      subject: own.get("subject") ?? "",
      nodes: read.flatMap((word) => (word?.kind === "node" ? [word.result] : [])),
      expected: expected === undefined ? undefined : Number(expected),
    },
    topic: fitTopic(own.get("topic") || "Deployments"),
    options: read.flatMap((word) => (word?.kind === "option" ? [word.word] : [])),
  };
}
